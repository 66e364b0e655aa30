import { unlink } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import type { Transfer } from "../../shared/contract/transfers.ts";
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
  async uploadAnew(place: Place, moving: Moving): Promise<Transfer[]> {
    const planned = await this.#planUpload(place, moving).catch(async (error: unknown) => {
      if (!this.#signal.aborted) await this.#showUnplanned(place, error, moving);
      throw error;
    });
    await this.#replaceUploads(place, planned, moving);
    moving.queue.wake();
    return this.#ofRow("upload", place);
  }

  async #planUpload({ table, rowId }: Place, { session }: Moving): Promise<NewTransfer[]> {
    const { findDatasetFile, findArtifact, createId, folder } = this.#options;
    const about = { rowId, userId: session.userId, createId, signal: this.#signal };
    return table === "datasets"
      ? planDatasetUpload(findDatasetFile(rowId), about)
      : planArtifactUpload(await findArtifact(rowId), about, folder);
  }

  /** Nobody may be looking when an upload begins by itself: what is wrong stands in the list. */
  async #showUnplanned(place: Place, error: unknown, moving: Moving): Promise<void> {
    const { table, rowId } = place;
    const { unsent, createId } = this.#options;
    const fileName = unsent.nameOf(table, rowId);
    if (fileName === null) return;
    const failure =
      error instanceof AppError
        ? error
        : new AppError("internal", `“${fileName}” could not be looked at: ${String(error)}.`);
    const shown: NewTransfer = {
      id: createId(),
      direction: "upload",
      table,
      rowId,
      part: "only",
      fileName,
      bucket: table === "datasets" ? "lora-datasets" : "lora-models",
      objectName: "",
      contentType: "",
      sha256: "",
      path: "",
      stamp: null,
      bytesTotal: 0,
    };
    await this.#replaceUploads(place, [shown], moving, failure.toFailure());
  }

  /** A file that there was before keeps its place in the list. */
  async #replaceUploads(
    { table, rowId }: Place,
    planned: readonly NewTransfer[],
    { queue, uploads }: Moving,
    failure: Failure | null = null,
  ): Promise<void> {
    const { store } = this.#options;
    const old = store.ofRow("upload", table, rowId);
    for (const { id } of old) {
      await queue.stop(id, () => store.setState(id, "cancelled"));
      uploads.forget(id);
    }
    const kept = planned.map((one) => {
      const same = old.find(({ part, fileName }) => part === one.part && fileName === one.fileName);
      return same === undefined ? one : { ...one, id: same.id };
    });
    this.#replace(old, kept, failure);
    for (const { part, path } of old) {
      if (part === "manifest") await unlink(path).catch(() => undefined);
    }
  }

  async download(place: Place, moving: Moving): Promise<Transfer[]> {
    const { store, unsent } = this.#options;
    const { queue, downloads } = moving;
    const { table, rowId } = place;
    if (unsent.isHere(table, rowId)) {
      throw new AppError("conflict", "Its files are on this machine already.");
    }
    const known = store.ofRow("download", table, rowId);
    const isUnderWay = known.some(({ state }) => state !== "done");
    if (isUnderWay && !known.some((one) => isToBePlanned(one))) {
      this.#goOn(known);
    } else {
      const planned = await this.#planDownload(place, moving);
      const isStoredAnew = known.every(({ objectName }) => objectName !== planned.objectName);
      if (isUnderWay && !isStoredAnew) this.#goOn(known);
      else {
        // Files before the list of them, in whose folder they are.
        for (const one of known.toReversed()) {
          await queue.stop(one.id);
          if (one.state !== "done") await downloads.discard(one);
        }
        this.#replace(known, [planned]);
      }
    }
    queue.wake();
    return this.#ofRow("download", place);
  }

  #planDownload({ table, rowId }: Place, { session, rows, client }: Moving): Promise<NewTransfer> {
    const { createId, folder } = this.#options;
    const at = { createId, folder, userId: session.userId };
    return inWords(async () =>
      table === "datasets"
        ? planDatasetDownload(await rows.fetch(table, rowId, this.#signal), at)
        : planArtifactDownload(
            await rows.fetch(table, rowId, this.#signal),
            at,
            client,
            this.#signal,
          ),
    );
  }

  #goOn(records: readonly TransferRecord[]): void {
    const { store, news } = this.#options;
    for (const { id, state } of records) {
      if (state !== "paused" && state !== "failed") continue;
      store.setState(id, "waiting");
      news.changed(id);
    }
  }

  #replace(
    old: readonly TransferRecord[],
    planned: readonly NewTransfer[],
    failure: Failure | null = null,
  ): void {
    const { store, news } = this.#options;
    store.transaction(() => {
      for (const { id } of old) store.remove(id);
      for (const transfer of planned) store.insert(transfer, failure);
    });
    for (const { id } of old) {
      if (planned.every((one) => one.id !== id)) news.removed(id);
    }
    for (const { id } of planned) news.changed(id);
  }

  #ofRow(direction: Transfer["direction"], { table, rowId }: Place): Transfer[] {
    return this.#shown(this.#options.store.ofRow(direction, table, rowId));
  }

  #shown(records: readonly TransferRecord[]): Transfer[] {
    return records.map((record) => this.#options.news.of(record));
  }
}

/** What it was to move has changed, or was given up: its files are looked at anew. */
export function isToBePlanned({ state, error, objectName }: TransferRecord): boolean {
  if (state === "cancelled" || objectName === "") return true;
  return state === "failed" && (error?.kind === "conflict" || error?.kind === "not_found");
}
