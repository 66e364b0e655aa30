import { ServerFault } from "../sync/team-server.ts";
import { objectBytes } from "./resumable-upload.ts";
import type { StorageClient } from "./storage-client.ts";
import { StorageRefusal } from "./storage-fault.ts";
import type { Place } from "./transfer-beginnings.ts";
import type { TransferStore } from "./transfer-store.ts";

export interface LostUploadsOptions {
  store: TransferStore;
  client: StorageClient;
  /** Stores a row's files as if they had never been stored. */
  uploadAnew: (place: Place) => Promise<unknown>;
  signal: AbortSignal;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/**
 * Looks whether the project still has what was uploaded, after it was restored or moved: backups of
 * its database do not bring objects back. What it lacks is stored there again.
 */
export class LostUploads {
  readonly #options: LostUploadsOptions;
  #running: Promise<void> | null = null;

  constructor(options: LostUploadsOptions) {
    this.#options = options;
  }

  /** Goes on with what is doubtful, in the background; the next look tries again what failed. */
  look(): void {
    if (this.#options.signal.aborted) return;
    this.#running ??= this.#run().finally(() => (this.#running = null));
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    const { store, client, uploadAnew, signal, log } = this.#options;
    try {
      for (;;) {
        const record = store.firstDoubtful();
        if (record === null) return;
        const { id, table, rowId, bucket, objectName, bytesTotal } = record;
        const bytes = await objectBytes(client, bucket, objectName, signal);
        signal.throwIfAborted();
        if (bytes === bytesTotal) {
          store.setVerified(id);
          continue;
        }
        log("The project has lost a file, which is stored again", { id, table });
        await uploadAnew({ table, rowId });
      }
    } catch (error) {
      if (signal.aborted || error instanceof ServerFault || error instanceof StorageRefusal) return;
      log("What the project has lost is not stored again yet", { reason: String(error) });
    }
  }
}
