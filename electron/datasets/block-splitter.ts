import { RowBytes, type EmitRow, type RowSplitter, type SplitterOptions } from "./raw-row.ts";

const LINE_FEED = 0x0a;

/**
 * Rows of plain text: each block of lines between blank lines, from the first byte of its first
 * line to the last of its last line. A line of only spaces, tabs and returns is blank.
 */
export class BlockSplitter implements RowSplitter {
  readonly #carried: RowBytes;
  #offset: number;
  #line = 1;
  #isLineBlank = true;
  /** Bytes of the block so far that end with ink; what follows may be line ends to be left out. */
  #inkLength = 0;
  #blockOffset = 0;
  #blockLine = 1;
  #isInBlock = false;

  constructor(options: SplitterOptions) {
    this.#carried = new RowBytes(options.maxRowBytes);
    this.#offset = options.startOffset;
  }

  push(chunk: Buffer, emit: EmitRow): void {
    let lineStart = 0;
    let blockStart = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === LINE_FEED) {
        if (this.#isLineBlank && this.#isInBlock) {
          this.#carried.add(chunk.subarray(blockStart, at));
          this.#emitBlock(emit);
        }
        this.#line += 1;
        this.#isLineBlank = true;
        lineStart = at + 1;
      } else if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) {
        void lineStart;
      }
    }
    this.#offset += chunk.length;
  }

  end(emit: EmitRow): void {
    if (this.#isInBlock) this.#emitBlock(emit);
  }
}
