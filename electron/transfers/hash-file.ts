import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { fileStamp } from "./source-file.ts";

export interface HashedFile {
  readonly sha256: string;
  readonly bytes: number;
  readonly stamp: string;
}

const READ_BYTES = 1024 * 1024;

/** @throws the file system's error when the file cannot be read to its end. */
export async function hashFile(path: string, signal: AbortSignal): Promise<HashedFile> {
  const file = await open(path, "r");
  try {
    const stamp = await fileStamp(file);
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    let bytes = 0;
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES, bytes);
      if (bytesRead === 0) return { sha256: hash.digest("hex"), bytes, stamp };
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}
