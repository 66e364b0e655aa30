import { type FileHandle, open } from "node:fs/promises";
import type { Result } from "../../shared/contract/contract.ts";

const PAGE_BYTES = 256 * 1024;

/**
 * A page of a log that may still be growing. Pages begin and end between characters, so that those
 * read one after another give the whole text.
 *
 * @param offset in bytes; negative: that many bytes from the end.
 */
export async function readLogPage(path: string, offset: number): Promise<Result<"jobs.log">> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { text: "", offset: 0, nextOffset: 0, sizeBytes: 0 };
  }
  try {
    const { size } = await file.stat();
    const start = offset < 0 ? Math.max(0, size + offset) : Math.min(offset, size);
    const buffer = Buffer.alloc(Math.min(PAGE_BYTES, size - start));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    const page = buffer.subarray(0, bytesRead);
    const from = start === 0 ? 0 : continuationBytes(page);
    const to = Math.max(from, page.length - unfinishedBytes(page));
    return {
      text: page.toString("utf8", from, to),
      offset: start + from,
      nextOffset: start + to,
      sizeBytes: size,
    };
  } finally {
    await file.close();
  }
}

/** Bytes at the start that belong to a character begun before the page. */
function continuationBytes(page: Uint8Array): number {
  let count = 0;
  while (count < 3 && isContinuation(page[count])) count += 1;
  return count;
}

/** Bytes at the end of a character that goes on after the page. */
function unfinishedBytes(page: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, page.length); back++) {
    const byte = page[page.length - back];
    if (isContinuation(byte)) continue;
    return byte !== undefined && lengthFromLead(byte) > back ? back : 0;
  }
  return 0;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function lengthFromLead(byte: number): number {
  if (byte >= 0xf0 && byte < 0xf8) return 4;
  if (byte >= 0xe0) return byte < 0xf0 ? 3 : 1;
  return byte >= 0xc0 ? 2 : 1;
}
