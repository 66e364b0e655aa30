import { mkdir, rmdir, stat, statfs, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import { ServerFault } from "../sync/team-server.ts";
import { adapterFolder, planFilesOf } from "./download-plan.ts";
import { checkDownload, downloadRanged } from "./ranged-download.ts";
import type { TransferParts } from "./transfer-parts.ts";
import type { TransferRecord } from "./transfer-record.ts";

const MAX_DAMAGED = 2;

/**
 * Downloads, one attempt at a time:
 *
 *   dataset    file ──▶ into the library
 *   adapter    manifest ──▶ each file that it lists ──▶ the manifest again: the folder is kept
 */
export class DownloadRuns {
  readonly #parts: TransferParts;
  readonly #damaged = new Map<string, number>();

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  async run(record: TransferRecord, signal: AbortSignal): Promise<void> {
    const { store } = this.#parts;
    const { id, part } = record;
    if (!record.isVerified) {
      await this.#move(record, signal);
      await this.#verify(record, signal);
      if (part === "manifest") return this.#listFiles(record);
      store.setVerified(id);
    }
    if (part !== "file") await this.#keep(record, signal);
    store.setState(id, "done");
    // Last, so that after a crash it can be kept again.
    if (part !== "file") await unlink(record.path).catch(() => undefined);
    this.#damaged.delete(id);
  }

  /** Removes what has come of it so far: each file by its name, and folders only when empty. */
  async discard(record: TransferRecord): Promise<void> {
    this.#damaged.delete(record.id);
    // Before the list of its files goes.
    if (record.part === "manifest") await this.#parts.discardArtifact(record);
    await unlink(record.path).catch(() => undefined);
    if (record.part === "manifest") await rmdir(adapterFolder(record)).catch(() => undefined);
    if (record.part === "file") await rmdir(dirname(record.path)).catch(() => undefined);
  }

  async #move(record: TransferRecord, signal: AbortSignal): Promise<void> {
    const { store, news, client } = this.#parts;
    const { id, path } = record;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await refuseWithoutSpace(record);
    store.setState(id, "moving");
    news.begin(id, "moving", record.bytesDone);
    let reached = 0;
    try {
      await downloadRanged(record, {
        client,
        signal,
        reached: (bytes) => {
          reached = bytes;
          news.reached(id, bytes);
        },
        received: (bytes) => news.moved(id, bytes, true),
      });
    } finally {
      store.setBytesDone(id, reached);
    }
  }

  async #verify(record: TransferRecord, signal: AbortSignal): Promise<void> {
    const { store, news } = this.#parts;
    const { id, fileName } = record;
    store.setState(id, "verifying");
    news.begin(id, "verifying", record.bytesTotal);
    if (await checkDownload(record, signal)) return;
    store.setBytesDone(id, 0);
    const damaged = (this.#damaged.get(id) ?? 0) + 1;
    this.#damaged.set(id, damaged);
    if (damaged < MAX_DAMAGED) {
      throw new ServerFault("busy", "What arrived is not what was stored, so it is fetched again");
    }
    this.#damaged.delete(id);
    throw new AppError(
      "conflict",
      `${fileName} does not have the sha256 that it was stored with, ${MAX_DAMAGED} times over, so it is not used. Ask whoever stored it to upload it again.`,
    );
  }

  async #listFiles(manifest: TransferRecord): Promise<void> {
    const { store, news, createId } = this.#parts;
    const files = await planFilesOf(manifest, createId);
    store.transaction(() => {
      for (const file of files) store.insert(file);
      store.setVerified(manifest.id);
      store.setState(manifest.id, "waiting");
    });
    for (const { id } of files) news.changed(id);
  }

  async #keep(record: TransferRecord, signal: AbortSignal): Promise<void> {
    const { rows, keepDataset, keepArtifact, store, news } = this.#parts;
    const { id, table, rowId, path, bytesTotal } = record;
    store.setState(id, "verifying");
    news.begin(id, "verifying", bytesTotal);
    if (table === "datasets") {
      const row = await rows.fetch(table, rowId, signal);
      await keepDataset(row, path, { copyId: id, signal });
    } else {
      await keepArtifact(await rows.fetch(table, rowId, signal), adapterFolder(record), signal);
    }
  }
}

async function refuseWithoutSpace({ path, fileName, bytesTotal }: TransferRecord): Promise<void> {
  const has = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  const { bavail, bsize } = await statfs(dirname(path));
  const missing = bytesTotal - has - bavail * bsize;
  if (missing <= 0) return;
  throw new AppError(
    "environment",
    `The disk lacks ${Math.ceil(missing / 1024 / 1024)} MiB for ${fileName} (in ${dirname(path)}). Free some space, then go on.`,
  );
}
