import { RowBytes, type EmitRow, type RowSplitter, type SplitterOptions } from "./raw-row.ts";
import { isBlankLine } from "./white-space.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Rows of plain text: each block of lines between blank lines. The bytes of a row have LF as line
 * ends, whatever the file has; its length counts those of the file.
 */
export class BlockSplitter implements RowSplitter {
  /** The whole lines of the block so far, and the line that is being read. */
  readonly #block: RowBytes;
  #offset: number;
  #line = 1;
  #blockOffset = 0;
  #blockLine = 1;
  /** Just behind the last line with ink, in the file; undefined outside of blocks. */
  #inkEnd: number | undefined;
  /** The block's bytes up to there. */
  #inkLength = 0;
  #isLineBlank = true;
  /** A return that stood last in a chunk: it may belong to a line end. */
  #hasReturn = false;

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
    if (this.#block.length === 0 && !this.#hasReturn) {
      this.#blockOffset = this.#offset;
      this.#blockLine = this.#line;
    }
    if (this.#hasReturn) this.#block.add(RETURN);
    this.#hasReturn = part[part.length - 1] === CARRIAGE_RETURN;
    this.#block.add(this.#hasReturn ? part.subarray(0, -1) : part);
    this.#isLineBlank &&= isBlankLine(part);
    this.#offset += part.length;
  }

  #endLine(emit: EmitRow): void {
    if (this.#isLineBlank) {
      this.#endBlock(emit);
    } else {
      this.#inkEnd = this.#offset - (this.#hasReturn ? 1 : 0);
      this.#inkLength = this.#block.length;
      this.#block.add(FEED);
    }
    this.#isLineBlank = true;
    this.#hasReturn = false;
    this.#offset += 1;
    this.#line += 1;
  }

  #endBlock(emit: EmitRow): void {
    const row = this.#block.take(this.#blockOffset, this.#blockLine, this.#inkLength);
    if (this.#inkEnd !== undefined) emit({ ...row, length: this.#inkEnd - this.#blockOffset });
    this.#inkEnd = undefined;
    this.#inkLength = 0;
  }
}

const FEED = Buffer.from([LINE_FEED]);
const RETURN = Buffer.from([CARRIAGE_RETURN]);
