import { AppError } from "../../shared/app-error.ts";
import type { Transfer } from "../../shared/contract/sync.ts";
import { planArtifactDownload, planDatasetDownload } from "./download-plan.ts";
import { inWords } from "./transfer-failure.ts";
import type { NewTransfer, TransferRecord, TransferTable } from "./transfer-record.ts";
import type { Moving, TransferRequestsOptions } from "./transfers-options.ts";
import { planArtifactUpload, planDatasetUpload } from "./upload-plan.ts";

export interface Place {
  table: TransferTable;
  rowId: string;
}

/** Begins the transfers of a row's files, or goes on with those that were begun. */
export class TransferBeginnings {
  readonly #options: TransferRequestsOptions;
  readonly #signal: AbortSignal;

  constructor(options: TransferRequestsOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  async upload(place: Place, moving: Moving): Promise<Transfer[]> {
    const { store, unsent } = this.#options;
    if (unsent.isKeptLocal(place.table, place.rowId)) {
      throw new AppError("conflict", "It is kept local. Take that back first, then upload it.");
    }
    const known = store.ofRow("upload", place.table, place.rowId);
    const isStored = unsent.storagePath(place.table, place.rowId) !== null;
    if (isStored && known.every(({ state }) => state === "done")) return this.#shown(known);
    moving.limits.forget();
    if (known.length === 0 || known.some((one) => isToBePlanned(one))) {
      return this.uploadAnew(place, moving);
    }
    this.#goOn(known);
    moving.queue.wake();
    return this.#ofRow("upload", place);
  }

  /** Looks at the files anew; whatever was begun of them before is dropped. */
  async uploadAnew(place: Place, { session, queue, uploads }: Moving): Promise<Transfer[]> {
    const { store, findDatasetFile, findArtifact, createId, folder } = this.#options;
    const { table, rowId } = place;
    const about = { rowId, userId: session.userId, createId, signal: this.#signal };
    const planned =
      table === "datasets"
        ? await planDatasetUpload(findDatasetFile(rowId), about)
        : await planArtifactUpload(await findArtifact(rowId), about, folder);
    const old = store.ofRow("upload", table, rowId);
    for (const { id } of old) {
      await queue.stop(id, () => store.setState(id, "cancelled"));
      uploads.forget(id);
    }
    this.#replace(old, planned);
    queue.wake();
    return this.#ofRow("upload", place);
  }

  async download(place: Place, { session, rows, client, queue }: Moving): Promise<Transfer[]> {
    const { store, unsent, createId, folder } = this.#options;
    const signal = this.#signal;
    const { table, rowId } = place;
    if (unsent.isHere(table, rowId)) {
      throw new AppError("conflict", "Its files are on this machine already.");
    }
    const known = store.ofRow("download", table, rowId);
    if (known.some(({ state }) => state !== "done")) {
      this.#goOn(known);
    } else {
      const at = { createId, folder, userId: session.userId };
      const planned = await inWords(async () =>
        table === "datasets"
          ? planDatasetDownload(await rows.fetch(table, rowId, signal), at)
          : planArtifactDownload(await rows.fetch(table, rowId, signal), at, client, signal),
      );
      this.#replace(known, [planned]);
    }
    queue.wake();
    return this.#ofRow("download", place);
  }

  #goOn(records: readonly TransferRecord[]): void {
    const { store, news } = this.#options;
    for (const { id, state } of records) {
      if (state !== "paused" && state !== "failed") continue;
      store.setState(id, "waiting");
      news.changed(id);
    }
  }

  #replace(old: readonly TransferRecord[], planned: readonly NewTransfer[]): void {
    const { store, news } = this.#options;
    store.transaction(() => {
      for (const { id } of old) store.remove(id);
      for (const transfer of planned) store.insert(transfer);
    });
    for (const { id } of old) news.removed(id);
    for (const { id } of planned) news.changed(id);
  }

  #ofRow(direction: Transfer["direction"], { table, rowId }: Place): Transfer[] {
    return this.#shown(this.#options.store.ofRow(direction, table, rowId));
  }

  #shown(records: readonly TransferRecord[]): Transfer[] {
    return records.map((record) => this.#options.news.of(record));
  }
}

/** What it was to send has changed, or was given up: its files are looked at anew. */
function isToBePlanned({ state, error }: TransferRecord): boolean {
  if (state === "cancelled") return true;
  return state === "failed" && (error?.kind === "conflict" || error?.kind === "not_found");
}
