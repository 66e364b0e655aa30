import { AppError } from "../../shared/app-error.ts";
import type { Handlers } from "../../shared/contract/contract.ts";
import type { transferProcedures } from "../../shared/contract/transfers.ts";
import { LostUploads } from "./lost-uploads.ts";
import { terminate } from "./resumable-upload.ts";
import { isToBePlanned, TransferBeginnings } from "./transfer-beginnings.ts";
import type { TransferRecord } from "./transfer-record.ts";
import type { Moving, TransferRequestsOptions } from "./transfers-options.ts";

export type TransferMethod = keyof typeof transferProcedures;

/** Answers what people ask of transfers, and begins those that nobody needs to ask for. */
export class TransferRequests {
  readonly #options: TransferRequestsOptions;
  readonly #closing = new AbortController();
  readonly #beginnings: TransferBeginnings;
  readonly #lost: LostUploads | null;
  /** One after the other, so that nothing is planned twice. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: TransferRequestsOptions) {
    this.#options = options;
    this.#beginnings = new TransferBeginnings(options, this.#closing.signal);
    const { moving, store, log } = options;
    this.#lost =
      moving &&
      new LostUploads({
        store,
        log,
        client: moving.client,
        signal: this.#closing.signal,
        uploadAnew: (place) => this.#inTurn(() => this.#beginnings.uploadAnew(place, moving)),
      });
  }

  handlers(): Handlers<TransferMethod> {
    return {
      "transfers.list": () => this.#options.news.list(),
      "transfers.upload": (place) =>
        this.#inTurn(() => this.#beginnings.upload(place, this.#moving())),
      "transfers.download": (place) =>
        this.#inTurn(() => this.#beginnings.download(place, this.#moving())),
      "transfers.pause": ({ id }) => this.#inTurn(() => this.#pause(id)),
      "transfers.resume": ({ id }) => this.#inTurn(() => this.#resume(id)),
      "transfers.cancel": ({ id }) => this.#inTurn(() => this.#cancel(id)),
    };
  }

  /** Begins uploads that are due, and takes back those that are not wanted any more. */
  look(): void {
    this.#inTurn(async () => {
      const { unsent, unwanted, log, news, moving } = this.#options;
      if (moving === null) return;
      for (const { id } of unwanted.stopped()) {
        await moving.queue.stop(id);
        news.removed(id);
      }
      moving.takeBacks.begin();
      for (const place of unsent.list()) {
        if (this.#closing.signal.aborted) return;
        await this.#beginnings.uploadAnew(place, this.#moving()).catch((error: unknown) => {
          if (!this.#closing.signal.aborted) {
            log("Upload not begun", { ...place, reason: String(error) });
          }
        });
      }
      // What is wanted again goes on.
      moving.queue.pump();
      this.#lost?.look();
    }).catch((error: unknown) => this.#options.log("Uploads not begun", { error: String(error) }));
  }

  close(): void {
    this.#closing.abort(new AppError("unavailable", "LoRA Desk is ending. Try again later."));
  }

  async settled(): Promise<void> {
    await this.#lost?.settled();
    await this.#last;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      this.#closing.signal.throwIfAborted();
      return work();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #moving(): Moving {
    const { moving } = this.#options;
    if (moving !== null) return moving;
    throw new AppError(
      "conflict",
      "No account is open, so there is no project to move files to or from. Sign in first.",
    );
  }

  async #pause(id: string): Promise<null> {
    const { store } = this.#options;
    const record = this.#find(id);
    if (record.state === "done") throw ended(record);
    await this.#moving().queue.stop(id, () => {
      if (store.find(id)?.state !== "done") store.setState(id, "paused");
    });
    this.#options.news.changed(id);
    return null;
  }

  async #resume(id: string): Promise<null> {
    const { store, news } = this.#options;
    const moving = this.#moving();
    const { queue, limits } = moving;
    const record = this.#find(id);
    if (record.state === "done") throw ended(record);
    if (isToBePlanned(record)) {
      await this.#beginnings[record.direction](record, moving);
      return null;
    }
    if (record.state === "paused" || record.state === "failed") {
      limits.forget();
      store.setState(id, "waiting");
      news.changed(id);
    }
    queue.wake();
    return null;
  }

  /** With the other files of the same adapter: a part of one is of no use. */
  async #cancel(id: string): Promise<null> {
    const record = this.#find(id);
    const { direction, table, rowId } = record;
    const all = this.#options.store.ofRow(direction, table, rowId);
    if (all.every(({ state }) => state === "done")) throw ended(record);
    // Files before the manifest, in whose folder they are.
    for (const one of all.toReversed()) await this.#cancelOne(one);
    return null;
  }

  /** An upload stays known, so that it does not begin again by itself. */
  async #cancelOne({ id }: TransferRecord): Promise<void> {
    const { store, news } = this.#options;
    const { queue, uploads, downloads, client } = this.#moving();
    await queue.stop(id, () => store.setState(id, "cancelled"));
    const record = store.find(id);
    if (record === null) return;
    uploads.forget(id);
    const { direction, uploadUrl } = record;
    if (direction === "download") await downloads.discard(record);
    if (direction === "download") store.remove(id);
    else store.setUploadUrl(id, null);
    news.removed(id);
    // What is there of it vanishes by itself within a day; this hastens it.
    const signal = AbortSignal.timeout(10_000);
    if (uploadUrl !== null) void terminate(uploadUrl, client, signal).catch(() => undefined);
  }

  #find(id: string): TransferRecord {
    const record = this.#options.store.find(id);
    if (record !== null && record.state !== "cancelled") return record;
    throw new AppError("not_found", "There is no such transfer (any more). Look at the list anew.");
  }
}

function ended({ fileName }: TransferRecord): AppError {
  return new AppError("conflict", `The transfer of ${fileName} has ended already.`);
}
