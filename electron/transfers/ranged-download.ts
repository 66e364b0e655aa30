import { open } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";
import { hashFile } from "./hash-file.ts";
import { cutShort, openRange, PIECE_BYTES } from "./read-back.ts";
import type { StorageClient } from "./storage-client.ts";
import type { TransferRecord } from "./transfer-record.ts";

export interface DownloadSteps {
  client: StorageClient;
  signal: AbortSignal;
  /** So many bytes of the file are on this machine's disk. */
  reached: (bytes: number) => void;
  received: (bytes: number) => void;
}

/**
 * Writes an object to `record.path`, going on from the length that the file has already.
 *
 * @throws AppError `not_found` when the object is not there.
 */
export async function downloadRanged(
  record: TransferRecord,
  { client, signal, reached, received }: DownloadSteps,
): Promise<void> {
  const { path, bytesTotal } = record;
  const file = await open(path, "a+", 0o600);
  try {
    let { size: offset } = await file.stat();
    if (offset > bytesTotal) {
      await file.truncate(0);
      offset = 0;
    }
    reached(offset);
    while (offset < bytesTotal) {
      const before = offset;
      const answer = await openRange(client, record, offset, signal);
      if (answer === null) throw gone(record);
      for await (const part of answer.bytes()) {
        if (offset + part.length > bytesTotal) throw longer(record);
        await file.appendFile(part);
        offset += part.length;
        received(part.length);
        reached(offset);
      }
      if (offset < Math.min(bytesTotal, before + PIECE_BYTES)) throw cutShort();
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whether the file that was downloaded is the one that was stored; if not, it is emptied. */
export async function checkDownload(record: TransferRecord, signal: AbortSignal): Promise<boolean> {
  const { sha256, bytes } = await hashFile(record.path, signal);
  if (sha256 === record.sha256 && bytes === record.bytesTotal) return true;
  const file = await open(record.path, "r+");
  try {
    await file.truncate(0);
  } finally {
    await file.close();
  }
  return false;
}

function gone({ fileName }: TransferRecord): AppError {
  return new AppError(
    "not_found",
    `${fileName} is not in the project's storage, or is not shared with this account. Ask whoever stored it to upload it again.`,
  );
}

function longer({ fileName, bytesTotal }: TransferRecord): AppError {
  return new AppError(
    "conflict",
    `What is stored as ${fileName} is longer than the ${bytesTotal} bytes that it should have. Ask whoever stored it to upload it again.`,
  );
}
