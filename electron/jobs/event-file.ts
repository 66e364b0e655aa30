import { type FileHandle, open } from "node:fs/promises";

const NEWLINE = 0x0a;
/** A line longer than this cannot be an event; it is skipped as one. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

export interface WholeLines {
  lines: string[];
  /** Where the next line begins; always just behind a newline. */
  nextOffset: number;
  /** More whole lines may lie behind `nextOffset`. */
  hasMore: boolean;
  /** The file is shorter than `offset`: its end was lost, as after a power cut. */
  wasCut: boolean;
}

/**
 * Reads whole lines from a file that another process appends to. Half a line at the end is left
 * for the next time; a file that is not there yet has no lines.
 *
 * @param chunkBytes about how much to read at once.
 */
export async function readWholeLines(
  path: string,
  offset: number,
  chunkBytes: number,
): Promise<WholeLines> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { lines: [], nextOffset: 0, hasMore: false, wasCut: offset > 0 };
  }
  try {
    const { size } = await file.stat();
    if (size < offset) {
      const nextOffset = await endOfLastLine(file, size);
      return { lines: [], nextOffset, hasMore: false, wasCut: true };
    }
    return await readFrom(file, offset, size, chunkBytes);
  } finally {
    await file.close();
  }
}

async function readFrom(
  file: FileHandle,
  offset: number,
  size: number,
  chunkBytes: number,
): Promise<WholeLines> {
  const available = size - offset;
  for (let bytes = Math.min(chunkBytes, available); ; bytes = Math.min(bytes * 2, available)) {
    const chunk = await readBytes(file, offset, bytes);
    const end = chunk.lastIndexOf(NEWLINE);
    if (end !== -1) {
      const lines = chunk.toString("utf8", 0, end).split("\n");
      const nextOffset = offset + end + 1;
      return { lines, nextOffset, hasMore: bytes < available, wasCut: false };
    }
    if (bytes >= LONGEST_LINE_BYTES) {
      return { lines: [""], nextOffset: offset + bytes, hasMore: true, wasCut: false };
    }
    if (bytes >= available) return { lines: [], nextOffset: offset, hasMore: false, wasCut: false };
  }
}

async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const window = 64 * 1024;
  for (let end = size; end > 0; end -= window) {
    const start = Math.max(0, end - window);
    const newline = (await readBytes(file, start, end - start)).lastIndexOf(NEWLINE);
    if (newline !== -1) return start + newline + 1;
  }
  return 0;
}

async function readBytes(file: FileHandle, offset: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, offset);
  return buffer.subarray(0, bytesRead);
}
