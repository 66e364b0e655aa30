import {
  isRowTooLarge,
  RowBytes,
  type EmitRow,
  type RowSplitter,
  type SplitterOptions,
} from "./raw-row.ts";
import { isJsonSpace } from "./white-space.ts";

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The bytes that mean something inside an element; all others are only passed over. */
const IS_MARK = markTable();

/*
 *   before ──[──▶ first ──ink──▶ within ──,──▶ next ──ink──▶ within …
 *                   └──]──▶ after ◀──]── within, next
 *                             └──ink──▶ rest (one row, to the end of the file)
 */
type Place = "before" | "first" | "next" | "within" | "after" | "rest";

/**
 * The elements of the outermost JSON array, cut by brackets and quotes alone: whether an element is
 * valid is for its reader to say. A bracket that does not match closes what it can, so that one
 * broken element rarely costs its neighbours. What is wrong with the array itself (a comma too many,
 * no end, something behind the end) comes out as a row that is not JSON.
 */
export class ArraySplitter implements RowSplitter {
  readonly #carried: RowBytes;
  readonly #maxRowBytes: number;
  #place: Place = "before";
  /** The brackets and braces that are open within the element. */
  #opened: number[] = [];
  #isInString = false;
  #isEscaped = false;
  #line = 1;
  #chunkOffset: number;
  #rowOffset = 0;
  #rowLine = 1;
  /** Just behind the row's last byte that is not white space. */
  #inkEnd = 0;

  constructor(options: SplitterOptions) {
    this.#carried = new RowBytes(options.maxRowBytes);
    this.#maxRowBytes = options.maxRowBytes;
    this.#chunkOffset = options.startOffset;
  }

  push(chunk: Buffer, emit: EmitRow): void {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      const isWithin = this.#place === "within";
      if (isWithin && IS_MARK[byte] === 0 && !this.#isEscaped) {
        this.#inkEnd = this.#chunkOffset + at + 1;
        continue;
      }
      if (isWithin && this.#endsElement(byte)) {
        this.#emitRow(chunk, start, at, emit);
        this.#place = byte === COMMA ? "next" : "after";
        continue;
      }
      if (byte === LINE_FEED) this.#line += 1;
      if (isJsonSpace(byte)) continue;
      if (isWithin || this.#place === "rest") {
        this.#inkEnd = this.#chunkOffset + at + 1;
      } else if (this.#begins(byte, at, emit)) {
        start = at;
      }
    }
    if (this.#isInRow()) this.#carried.add(chunk.subarray(start));
    this.#chunkOffset += chunk.length;
  }

  end(emit: EmitRow): void {
    const hasEnd = this.#place === "after" || this.#place === "rest";
    if (this.#isInRow()) this.#emitRow(NO_BYTES, 0, 0, emit);
    if (!hasEnd) this.#emitNothing(this.#chunkOffset, emit);
    this.#place = "after";
  }

  #isInRow(): boolean {
    return this.#place === "within" || this.#place === "rest";
  }

  /** Takes a byte of ink outside of rows. True when a row begins with it. */
  #begins(byte: number, at: number, emit: EmitRow): boolean {
    const offset = this.#chunkOffset + at;
    switch (this.#place) {
      case "before":
        this.#place = "first";
        return false;
      case "first":
      case "next":
        if (byte === COMMA || byte === CLOSE_BRACKET) {
          if (byte === COMMA || this.#place === "next") this.#emitNothing(offset, emit);
          this.#place = byte === COMMA ? "next" : "after";
          return false;
        }
        this.#place = "within";
        this.#beginRow(offset);
        this.#endsElement(byte);
        return true;
      default:
        this.#place = "rest";
        this.#beginRow(offset);
        // The bracket that was the array's end keeps the rest from being read as a row.
        this.#carried.add(Buffer.from([CLOSE_BRACKET]));
        this.#rowOffset -= 1;
        return true;
    }
  }

  #beginRow(offset: number): void {
    this.#rowOffset = offset;
    this.#rowLine = this.#line;
    this.#inkEnd = offset + 1;
    this.#opened.length = 0;
    this.#isInString = false;
    this.#isEscaped = false;
  }

  /** Follows quotes and brackets. True at the comma or bracket that is no longer the element's. */
  #endsElement(byte: number): boolean {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#isInString = false;
      return false;
    }
    switch (byte) {
      case QUOTE:
        this.#isInString = true;
        return false;
      case OPEN_BRACKET:
      case OPEN_BRACE:
        // No row that may be accepted opens more.
        if (this.#opened.length < this.#maxRowBytes) this.#opened.push(byte);
        return false;
      case CLOSE_BRACKET:
        return !this.#closes(OPEN_BRACKET);
      case CLOSE_BRACE:
        this.#closes(OPEN_BRACE);
        return false;
      default:
        return byte === COMMA && this.#opened.length === 0;
    }
  }

  /** Closes the innermost of this kind and all that was opened inside of it. */
  #closes(opening: number): boolean {
    const at = this.#opened.lastIndexOf(opening);
    if (at === -1) return false;
    this.#opened.length = at;
    return true;
  }

  #emitNothing(offset: number, emit: EmitRow): void {
    emit({ offset, length: 0, line: this.#line, bytes: NO_BYTES, isTooLarge: false });
  }

  #emitRow(chunk: Buffer, start: number, end: number, emit: EmitRow): void {
    const length = this.#inkEnd - this.#rowOffset;
    if (this.#carried.length > 0) {
      this.#carried.add(chunk.subarray(start, end));
      emit(this.#carried.take(this.#rowOffset, this.#rowLine, length));
      return;
    }
    emit({
      offset: this.#rowOffset,
      length,
      line: this.#rowLine,
      bytes: chunk.subarray(start, start + length),
      isTooLarge: isRowTooLarge(length, end - start, this.#maxRowBytes),
    });
  }
}

const NO_BYTES = Buffer.alloc(0);

function markTable(): Uint8Array {
  const table = new Uint8Array(256);
  const marks = [QUOTE, COMMA, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE];
  for (const mark of [...marks, 0x20, LINE_FEED, 0x0d, 0x09]) table[mark] = 1;
  return table;
}
