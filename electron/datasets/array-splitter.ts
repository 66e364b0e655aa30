import {
  isRowTooLarge,
  RowBytes,
  type EmitRow,
  type RowSplitter,
  type SplitterOptions,
} from "./raw-row.ts";

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
 *   before ──[──▶ between ──any byte──▶ within ──, ] at depth 0──▶ between / after
 *                    └──]──▶ after ──any byte──▶ rest (one row, to the end of the file)
 */
type Place = "before" | "between" | "within" | "after" | "rest";

/**
 * The elements of one top-level JSON array, cut by brackets and quotes alone: whether an element is
 * valid is for its reader to say, so that one broken element costs only itself. Empty elements (a
 * comma too many) are passed over as blank lines are.
 */
export class ArraySplitter implements RowSplitter {
  readonly #carried: RowBytes;
  readonly #maxRowBytes: number;
  #place: Place = "before";
  #depth = 0;
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
      if (this.#place === "within") {
        if (IS_MARK[byte] === 0 && !this.#isEscaped) {
          this.#inkEnd = this.#chunkOffset + at + 1;
          continue;
        }
        if (this.#endsElement(byte)) {
          this.#emitRow(chunk, start, at, emit);
          this.#place = byte === COMMA ? "between" : "after";
          continue;
        }
        if (byte === LINE_FEED) this.#line += 1;
        else if (!isSpace(byte)) this.#inkEnd = this.#chunkOffset + at + 1;
        continue;
      }
      if (byte === LINE_FEED) this.#line += 1;
      if (isSpace(byte)) continue;
      if (this.#place === "rest") this.#inkEnd = this.#chunkOffset + at + 1;
      else if (this.#place === "before" && byte === OPEN_BRACKET) this.#place = "between";
      else if (this.#place === "between" && byte === COMMA) continue;
      else if (this.#place === "between" && byte === CLOSE_BRACKET) this.#place = "after";
      else {
        start = at;
        this.#begin(byte, at);
      }
    }
    if (this.#isInRow()) this.#carried.add(chunk.subarray(start));
    this.#chunkOffset += chunk.length;
  }

  end(emit: EmitRow): void {
    if (this.#isInRow()) this.#emitRow(Buffer.alloc(0), 0, 0, emit);
    this.#place = "after";
  }

  #isInRow(): boolean {
    return this.#place === "within" || this.#place === "rest";
  }

  #begin(byte: number, at: number): void {
    this.#place = this.#place === "between" ? "within" : "rest";
    this.#rowOffset = this.#chunkOffset + at;
    this.#rowLine = this.#line;
    this.#inkEnd = this.#rowOffset + 1;
    this.#depth = byte === OPEN_BRACE || byte === OPEN_BRACKET ? 1 : 0;
    this.#isInString = byte === QUOTE;
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
    if (byte === QUOTE) this.#isInString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth += 1;
    else if (this.#depth === 0) return byte === COMMA || byte === CLOSE_BRACKET;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#depth -= 1;
    return false;
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

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === LINE_FEED || byte === 0x0d || byte === 0x09;
}

function markTable(): Uint8Array {
  const table = new Uint8Array(256);
  const marks = [QUOTE, COMMA, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE];
  for (const mark of [...marks, 0x20, LINE_FEED, 0x0d, 0x09]) table[mark] = 1;
  return table;
}
