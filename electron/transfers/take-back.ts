import { unlink } from "node:fs/promises";
import { ServerFault } from "../sync/team-server.ts";
import { MANIFEST_NAME } from "./file-manifest.ts";
import { removeObject, terminate } from "./resumable-upload.ts";
import type { StorageClient } from "./storage-client.ts";
import { StorageRefusal } from "./storage-fault.ts";
import type { TeamRows } from "./team-rows-client.ts";
import type { TransferNews } from "./transfer-news.ts";
import type { TransferQueue } from "./transfer-queue.ts";
import type { TransferRecord } from "./transfer-record.ts";
import type { TransferStore } from "./transfer-store.ts";
import type { UnsentRowsStore } from "./unsent-rows-store.ts";
import type { UnwantedUploadsStore } from "./unwanted-uploads-store.ts";
import type { UploadRuns } from "./upload-run.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A deleted dataset can be restored for as long, and its file here is kept for as long. */
const KEPT_AFTER_DELETION_MS = 30 * DAY_MS;
const FIRST_REST_MS = 1000;
const LONGEST_REST_MS = 5 * 60 * 1000;

export interface TakeBacksOptions {
  store: TransferStore;
  news: TransferNews;
  unsent: UnsentRowsStore;
  unwanted: UnwantedUploadsStore;
  client: StorageClient;
  rows: TeamRows;
  queue: TransferQueue;
  uploads: UploadRuns;
  now: () => Date;
  random: () => number;
  /** Resolves after a while, or at once when `signal` aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/**
 * Takes back what was uploaded for rows that are kept local, deleted or gone by now:
 *
 *   unwanted ──▶ stopped, its row names no place ──▶ object removed ──▶ forgotten
 *                       ▲          └── no network: again, after a restart as well
 *                       └── wanted again: it is uploaded as if it had never been
 */
export class TakeBacks {
  readonly #options: TakeBacksOptions;
  readonly #closing = new AbortController();
  /** Objects that are being removed: nothing is uploaded to them meanwhile. */
  readonly #held = new Set<string>();
  #running: Promise<void> | null = null;
  #isAskedAgain = false;
  #resting: AbortController | null = null;
  #failures = 0;
  #isPaused: boolean;

  constructor(options: TakeBacksOptions, isPaused: boolean) {
    this.#options = options;
    this.#isPaused = isPaused;
  }

  /** Begins with what is unwanted now, unless it waits for the network. */
  begin(): void {
    if (this.#isPaused || this.#closing.signal.aborted || this.#resting !== null) return;
    if (this.#running !== null) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isAskedAgain = false;
    this.#running = this.#run()
      .catch((error: unknown) =>
        this.#options.log("Uploads could not be taken back", { error: String(error) }),
      )
      .then(() => {
        this.#running = null;
        if (this.#isAskedAgain) this.begin();
      });
  }

  /** The network or the session is back. */
  wake(): void {
    this.#resting?.abort();
    this.#resting = null;
    this.begin();
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (!isPaused) this.wake();
  }

  isHeld(record: TransferRecord): boolean {
    return this.#held.has(keyOf(record));
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("closing"));
    this.#resting?.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { unwanted, now, log, queue } = this.#options;
    const refused = new Set<string>();
    for (;;) {
      if (this.#isPaused || this.#closing.signal.aborted) return;
      const deletedBefore = new Date(now().getTime() - KEPT_AFTER_DELETION_MS).toISOString();
      const record = unwanted.toTakeBack(deletedBefore).find(({ id }) => !refused.has(id));
      if (record === undefined) return;
      this.#held.add(keyOf(record));
      try {
        await this.#takeBack(record);
        this.#failures = 0;
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        if (error instanceof StorageRefusal) {
          log("The project does not let go of a file", { id: record.id, reason: error.message });
          refused.add(record.id);
        } else if (error instanceof ServerFault) {
          return this.#rest(error);
        } else throw error;
      } finally {
        this.#held.delete(keyOf(record));
        queue.pump();
      }
    }
  }

  async #takeBack(record: TransferRecord): Promise<void> {
    const { store, news, unsent, unwanted, client, queue, uploads, now, log } = this.#options;
    const { signal } = this.#closing;
    const { id, table, rowId, objectName, bucket } = record;
    await queue.stop(id);
    uploads.forget(id);
    store.transaction(() => {
      unwanted.setUnstored(id);
      unsent.clearStoragePath(table, rowId, objectName, now().toISOString());
    });
    news.removed(id);
    const url = store.find(id)?.uploadUrl ?? null;
    if (url !== null) await terminate(url, client, signal);
    if (objectName !== "" && !(await this.#isNeeded(record))) {
      await removeObject(client, bucket, objectName, signal);
    }
    if (unwanted.isUnwanted(id)) store.remove(id);
    else store.setUploadUrl(id, null);
    if (record.part === "manifest") await unlink(record.path).catch(() => undefined);
    log("An upload was taken back", { id, table });
  }

  /**
   * The same content of another row, here or on another machine, is the same object. And the row
   * itself may have been restored elsewhere, of which this machine has not heard yet.
   */
  async #isNeeded(record: TransferRecord): Promise<boolean> {
    const { unwanted, rows } = this.#options;
    const { table, part, objectName, sha256 } = record;
    if (unwanted.isShared(record)) return true;
    const [userFolder, hashFolder] = objectName.split("/");
    const named = part === "file" ? `${userFolder}/${hashFolder}/${MANIFEST_NAME}` : objectName;
    return rows.isNeeded(table, named, sha256, this.#closing.signal);
  }

  #rest(fault: ServerFault): void {
    const { sleep, random, log } = this.#options;
    this.#failures += 1;
    const most = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (this.#failures - 1));
    const wanted = fault.kind === "unauthorised" ? LONGEST_REST_MS : most * random();
    const ms = Math.max(wanted, fault.retryAfterMs ?? 0);
    log("Taking an upload back waits", { kind: fault.kind, status: fault.status, ms });
    const resting = new AbortController();
    this.#resting = resting;
    void sleep(ms, resting.signal).then(() => {
      if (this.#resting !== resting) return;
      this.#resting = null;
      this.begin();
    });
  }
}

function keyOf({ bucket, objectName }: TransferRecord): string {
  return `${bucket}/${objectName}`;
}
