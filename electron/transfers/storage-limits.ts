import { AppError } from "../../shared/app-error.ts";
import type { StorageClient } from "./storage-client.ts";
import type { Bucket, TransferRecord } from "./transfer-record.ts";

/** As the migration sets them; users have no right to look at a bucket's own. */
const BUCKET_BYTES: Record<Bucket, number> = {
  "lora-datasets": 500 * 1024 * 1024,
  "lora-models": 5 * 1024 * 1024 * 1024,
};
/** What the project gives away when it is asked how to upload. */
const MAX_SIZE_HEADER = "tus-max-size";

/** How large files may be, as far as a project tells, so that none is sent only to be refused. */
export class StorageLimits {
  readonly #client: StorageClient;
  #project: Promise<number | null> | null = null;
  /** The least that was refused, by bucket: more will be refused as well. */
  readonly #refused = new Map<Bucket, number>();

  constructor(client: StorageClient) {
    this.#client = client;
  }

  /** @throws AppError `unsupported` when the file is larger than the bucket or the project takes. */
  async check(record: TransferRecord, signal: AbortSignal): Promise<void> {
    const { bucket, bytesTotal } = record;
    if (bytesTotal > BUCKET_BYTES[bucket]) throw this.tooLarge(record);
    const refused = this.#refused.get(bucket);
    if (refused !== undefined && bytesTotal >= refused) throw this.tooLarge(record);
    const project = await this.#projectBytes(signal);
    if (project === null || bytesTotal <= project) return;
    throw new AppError(
      "unsupported",
      `${record.fileName} has ${size(bytesTotal)}, but this project takes files of up to ${size(project)}. Raise it in the dashboard (Storage → Settings → Upload file size limit; free plans end at 50 MB), then go on with the upload.`,
    );
  }

  /** The server has refused the file for its size (413), before any byte of it was sent. */
  tooLarge(record: TransferRecord): AppError {
    const { bucket, bytesTotal, fileName } = record;
    const limit = BUCKET_BYTES[bucket];
    if (bytesTotal > limit) {
      return new AppError(
        "unsupported",
        `${fileName} has ${size(bytesTotal)}, but the bucket ${bucket} takes files of up to ${size(limit)}. Keep it local, or make it smaller.`,
      );
    }
    const refused = Math.min(bytesTotal, this.#refused.get(bucket) ?? bytesTotal);
    this.#refused.set(bucket, refused);
    return new AppError(
      "unsupported",
      `The project refuses ${fileName} for its size (${size(bytesTotal)}). The bucket ${bucket} takes up to ${size(limit)}, but the project's own limit beats it: raise that in the dashboard (Storage → Settings → Upload file size limit; free plans end at 50 MB), then go on with the upload.`,
    );
  }

  /** It may have been raised since: asked again, and let the server decide again. */
  forget(): void {
    this.#project = null;
    this.#refused.clear();
  }

  async #projectBytes(signal: AbortSignal): Promise<number | null> {
    const asked = this.#project ?? this.#ask(signal);
    this.#project = asked;
    try {
      return await asked;
    } catch {
      // Not every project answers this; the upload's own request tells what is wrong, if anything.
      this.#project = null;
      signal.throwIfAborted();
      return null;
    }
  }

  async #ask(signal: AbortSignal): Promise<number | null> {
    const headers = { "tus-resumable": "1.0.0" };
    const answer = await this.#client.send({
      method: "OPTIONS",
      url: "/upload/resumable",
      headers,
      signal,
    });
    for await (const _ of answer.bytes());
    const bytes = Number(answer.headers.get(MAX_SIZE_HEADER) ?? Number.NaN);
    return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
  }
}

function size(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}
