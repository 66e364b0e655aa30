import { RowBytes, type EmitRow, type RowSplitter, type SplitterOptions } from "./raw-row.ts";
import { isBlankLine } from "./white-space.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Every line is a row, without its line end (LF or CRLF); blank lines are left out. Lines within one chunk are not copied.
 */
export class LineSplitter implements RowSplitter {
  readonly #carried: RowBytes;
  readonly #maxRowBytes: number;
  #offset: number;
  #line = 1;
  #isCarriedBlank = true;
  #endsInReturn = false;

  constructor(options: SplitterOptions) {
    this.#carried = new RowBytes(options.maxRowBytes);
    this.#maxRowBytes = options.maxRowBytes;
    this.#offset = options.startOffset;
  }

  push(chunk: Buffer, emit: EmitRow): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      if (this.#carried.length > 0) {
        this.#carry(chunk.subarray(start, end));
        this.#emitCarried(emit);
      } else {
        this.#emitWithin(chunk, start, end, emit);
        this.#offset += end - start;
      }
      this.#offset += 1;
      this.#line += 1;
      start = end + 1;
    }
    this.#carry(chunk.subarray(start));
  }

  end(emit: EmitRow): void {
    this.#emitCarried(emit);
  }

  #carry(part: Buffer): void {
    if (part.length === 0) return;
    this.#carried.add(part);
    this.#isCarriedBlank &&= isBlankLine(part);
    this.#endsInReturn = part[part.length - 1] === CARRIAGE_RETURN;
  }

  #emitCarried(emit: EmitRow): void {
    const withEnd = this.#carried.length;
    const length = this.#endsInReturn ? withEnd - 1 : withEnd;
    const row = this.#carried.take(this.#offset, this.#line, length);
    if (!this.#isCarriedBlank) emit(row);
    this.#offset += withEnd;
    this.#isCarriedBlank = true;
    this.#endsInReturn = false;
  }

  #emitWithin(chunk: Buffer, start: number, end: number, emit: EmitRow): void {
    const last = end > start && chunk[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    const bytes = chunk.subarray(start, last);
    if (isBlankLine(bytes)) return;
    emit({
      offset: this.#offset,
      length: last - start,
      line: this.#line,
      bytes,
      isTooLarge: last - start > this.#maxRowBytes,
    });
  }
}
