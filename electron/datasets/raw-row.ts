/** One row as it lies in the file, not yet decoded. */
export interface RawRow {
  /** Where the row's first byte is in the file. */
  readonly offset: number;
  readonly length: number;
  /** 1-based line at which the row begins. */
  readonly line: number;
  /**
   * The row's bytes; only the beginning when `isTooLarge`. They may be a window on the chunk that
   * was pushed last, so they are good only until the caller's `emit` returns.
   */
  readonly bytes: Buffer;
  readonly isTooLarge: boolean;
}

export type EmitRow = (row: RawRow) => void;

/** Finds the rows of a file that comes in chunks; any chunking gives the same rows. */
export interface RowSplitter {
  push(chunk: Buffer, emit: EmitRow): void;
  /** The file has ended: emits the row that nothing closed, if there is one. */
  end(emit: EmitRow): void;
}

export interface SplitterOptions {
  /** Bytes before the first that will be pushed: those of a byte order mark. */
  readonly startOffset: number;
  readonly maxRowBytes: number;
}

/** Enough of a row that is too large to show its beginning. */
const KEPT_OF_TOO_LARGE_BYTES = 1024;

/** White space behind a row that does not count towards its size. */
const FREE_WHITE_SPACE_BYTES = 64;

/**
 * `length` is the row's, `lengthWithEnd` counts the white space behind it too. Beyond a little, that
 * must count, or a row could not be refused before it has all been read.
 */
export function isRowTooLarge(length: number, lengthWithEnd: number, maxRowBytes: number): boolean {
  return length > maxRowBytes || lengthWithEnd > maxRowBytes + FREE_WHITE_SPACE_BYTES;
}

/** Gathers the bytes of one row over chunks and stops keeping them once the row is too large. */
export class RowBytes {
  readonly #maxRowBytes: number;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(maxRowBytes: number) {
    this.#maxRowBytes = maxRowBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Copies `part`: the chunk that it is a window on will be overwritten. */
  add(part: Buffer): void {
    const limit = this.#maxRowBytes + FREE_WHITE_SPACE_BYTES;
    const before = this.#length;
    this.#length += part.length;
    if (this.#length <= limit) {
      if (part.length > 0) this.#parts.push(Buffer.from(part));
    } else if (before <= limit) {
      const beginning = Buffer.concat([...this.#parts, part.subarray(0, KEPT_OF_TOO_LARGE_BYTES)]);
      this.#parts = [Buffer.from(beginning.subarray(0, KEPT_OF_TOO_LARGE_BYTES))];
    }
  }

  /** Gives the row and starts anew. `length` may leave out bytes at its end. */
  take(offset: number, line: number, length = this.#length): RawRow {
    const isTooLarge = isRowTooLarge(length, this.#length, this.#maxRowBytes);
    const [first] = this.#parts;
    const whole =
      first !== undefined && this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return { offset, length, line, bytes: whole.subarray(0, length), isTooLarge };
  }
}
