import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";
import type { RowPlace } from "./row-reader.ts";

/*
 * Where the accepted rows of a data file are, so that any of them is read without those before it.
 * Little-endian unsigned 32-bit words (a data file is smaller than 4 GiB):
 *
 *   header   magic, version, count of rows, size of the data file
 *   entries  offset, length, line: one for each accepted row
 */
const MAGIC = 0x49525244;
const VERSION = 1;
const HEADER_BYTES = 16;
const ENTRY_BYTES = 12;
const BUFFERED_ENTRIES = 8192;

/** Writes synchronously: it works in the thread that imports. */
export class RowIndexWriter {
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafe(ENTRY_BYTES * BUFFERED_ENTRIES);
  #filled = 0;
  #written = HEADER_BYTES;
  #count = 0;

  constructor(path: string) {
    this.#file = openSync(path, "wx");
  }

  add(place: RowPlace): void {
    this.#buffer.writeUInt32LE(place.offset, this.#filled);
    this.#buffer.writeUInt32LE(place.length, this.#filled + 4);
    this.#buffer.writeUInt32LE(place.line, this.#filled + 8);
    this.#filled += ENTRY_BYTES;
    this.#count += 1;
    if (this.#filled === this.#buffer.length) this.#flush();
  }

  /** Makes the index whole and durable. */
  finish(dataBytes: number): void {
    this.#flush();
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(VERSION, 4);
    header.writeUInt32LE(this.#count, 8);
    header.writeUInt32LE(dataBytes, 12);
    writeSync(this.#file, header, 0, HEADER_BYTES, 0);
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  #flush(): void {
    let done = 0;
    while (done < this.#filled) {
      done += writeSync(this.#file, this.#buffer, done, this.#filled - done, this.#written + done);
    }
    this.#written += done;
    this.#filled = 0;
  }
}

export interface RowIndexPage {
  /** Rows in the whole index. */
  readonly count: number;
  readonly dataBytes: number;
  readonly places: readonly RowPlace[];
}

/** @throws AppError `internal` when the file is no whole index. */
export async function readRowIndex(
  path: string,
  offset: number,
  limit: number,
): Promise<RowIndexPage> {
  const file = await open(path, "r");
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
    const count = header.readUInt32LE(8);
    const { size } = await file.stat();
    if (
      bytesRead !== HEADER_BYTES ||
      header.readUInt32LE(0) !== MAGIC ||
      header.readUInt32LE(4) !== VERSION ||
      size !== HEADER_BYTES + count * ENTRY_BYTES
    ) {
      throw new AppError("internal", `The row index ${path} is damaged. Import the file again.`);
    }
    const wanted = Math.max(0, Math.min(limit, count - offset));
    const entries = Buffer.alloc(wanted * ENTRY_BYTES);
    await file.read(entries, 0, entries.length, HEADER_BYTES + offset * ENTRY_BYTES);
    const places = Array.from({ length: wanted }, (_, row) => ({
      offset: entries.readUInt32LE(row * ENTRY_BYTES),
      length: entries.readUInt32LE(row * ENTRY_BYTES + 4),
      line: entries.readUInt32LE(row * ENTRY_BYTES + 8),
    }));
    return { count, dataBytes: header.readUInt32LE(12), places };
  } finally {
    await file.close();
  }
}
