import { RowBytes, type EmitRow, type RowSplitter, type SplitterOptions } from "./raw-row.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Rows of plain text: each block of lines between blank lines, from the first byte of its first
 * line to the last of its last line. A line of only spaces, tabs and returns is blank.
 */
export class BlockSplitter implements RowSplitter {
  /** The block so far with the line ends in it, or a line of which no ink has been seen yet. */
  readonly #block: RowBytes;
  #offset: number;
  #line = 1;
  #blockOffset = 0;
  #blockLine = 1;
  /** How much of the block reaches to the end of its last whole line with ink; 0 if none has. */
  #wholeLinesLength = 0;
  #isLineBlank = true;
  #lastByte = 0;

  constructor(options: SplitterOptions) {
    this.#block = new RowBytes(options.maxRowBytes);
    this.#offset = options.startOffset;
  }

  push(chunk: Buffer, emit: EmitRow): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      this.#add(chunk.subarray(start, end));
      this.#endLine(emit);
      start = end + 1;
    }
    this.#add(chunk.subarray(start));
  }

  end(emit: EmitRow): void {
    this.#endLine(emit);
    this.#endBlock(emit);
  }

  #add(part: Buffer): void {
    if (part.length === 0) return;
    if (this.#block.length === 0) {
      this.#blockOffset = this.#offset;
      this.#blockLine = this.#line;
    }
    this.#block.add(part);
    this.#isLineBlank &&= part.every(isBlank);
    this.#lastByte = part[part.length - 1] as number;
    this.#offset += part.length;
  }

  #endLine(emit: EmitRow): void {
    if (this.#isLineBlank) this.#endBlock(emit);
    else {
      const returned = this.#lastByte === CARRIAGE_RETURN ? 1 : 0;
      this.#wholeLinesLength = this.#block.length - returned;
      this.#block.add(LINE_END);
    }
    this.#isLineBlank = true;
    this.#lastByte = 0;
    this.#offset += 1;
    this.#line += 1;
  }

  #endBlock(emit: EmitRow): void {
    const row = this.#block.take(this.#blockOffset, this.#blockLine, this.#wholeLinesLength);
    if (this.#wholeLinesLength > 0) emit(row);
    this.#wholeLinesLength = 0;
  }
}

const LINE_END = Buffer.from([LINE_FEED]);

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === CARRIAGE_RETURN;
}
