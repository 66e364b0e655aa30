import { unlink } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";
import { ServerFault } from "../sync/team-server.ts";
import { hashFile } from "./hash-file.ts";
import { ReadBack } from "./read-back.ts";
import { removeObject, uploadResumably } from "./resumable-upload.ts";
import type { TransferParts } from "./transfer-parts.ts";
import type { TransferRecord } from "./transfer-record.ts";

/** How often what arrived may differ from what was sent, before a person is asked. */
const MAX_DAMAGED = 2;

/**
 * What is remembered of uploads from one attempt to the next, while the app runs:
 *
 *   moving ──▶ verifying: every byte is read back ──▶ equal: stored, the row names its place
 *      ▲                                         └──▶ not equal: the object is removed
 *      └──────────────────────────────────────────────────────┘
 */
export class UploadRuns {
  readonly #parts: TransferParts;
  readonly #readBacks = new Map<string, ReadBack>();
  readonly #damaged = new Map<string, number>();

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  /** One attempt, from wherever the last one ended to the end. */
  async run(record: TransferRecord, signal: AbortSignal): Promise<void> {
    if (!record.isVerified) {
      await this.#move(record, signal);
      await this.#verify(record, signal);
    }
    const { store, setStoragePath } = this.#parts;
    const { id, table, rowId, part, objectName, path } = record;
    store.transaction(() => {
      store.setVerified(id);
      store.setState(id, "done");
      if (part !== "file") setStoragePath(table, rowId, objectName);
    });
    this.forget(id);
    if (part === "manifest") await unlink(path).catch(() => undefined);
  }

  forget(id: string): void {
    this.#readBacks.delete(id);
    this.#damaged.delete(id);
  }

  async #move(record: TransferRecord, signal: AbortSignal): Promise<void> {
    const { store, news, client, limits } = this.#parts;
    const { id } = record;
    store.setState(id, "moving");
    news.begin(id, "moving", record.bytesDone);
    await limits.check(record, signal);
    await uploadResumably(record, {
      client,
      signal,
      keepUrl: (url) => store.setUploadUrl(id, url),
      confirmed: (bytes) => {
        store.setBytesDone(id, bytes);
        news.reached(id, bytes);
      },
      sent: (bytes) => news.moved(id, bytes, false),
    });
  }

  async #verify(record: TransferRecord, signal: AbortSignal): Promise<void> {
    const { store, news, client } = this.#parts;
    const { id, bucket, objectName } = record;
    const readBack = this.#readBacks.get(id) ?? new ReadBack(record);
    this.#readBacks.set(id, readBack);
    store.setState(id, "verifying");
    news.begin(id, "verifying", readBack.bytes);
    const isEqual = await readBack.run(client, signal, (bytes) => {
      news.moved(id, bytes, true);
      news.reached(id, readBack.bytes);
    });
    if (isEqual) return;
    this.#readBacks.delete(id);
    await this.#refuseChanged(record, signal);
    await removeObject(client, bucket, objectName, signal);
    store.setUploadUrl(id, null);
    const damaged = (this.#damaged.get(id) ?? 0) + 1;
    this.#damaged.set(id, damaged);
    if (damaged < MAX_DAMAGED) {
      throw new ServerFault("busy", "What arrived is not what was sent, so it is sent again");
    }
    this.#damaged.delete(id);
    throw new AppError(
      "unavailable",
      `What the project stored of ${record.fileName} was not what was sent, ${MAX_DAMAGED} times over: its sha256 differs. It was removed there. Try again; if it stays so, look at the proxy or the storage in between.`,
    );
  }

  /** It may be the file here that is not what it was. */
  async #refuseChanged(record: TransferRecord, signal: AbortSignal): Promise<void> {
    const { sha256 } = await hashFile(record.path, signal);
    if (sha256 === record.sha256) return;
    throw new AppError(
      "conflict",
      `${record.path} has changed since its upload began. Try again to upload it as it is now, or put the old file back first.`,
    );
  }
}
