/*
 * log.txt arrives in pieces of bytes. What is kept is a list of whole lines and, last, the line that
 * is still being written.
 */
export type LogLines = {
  readonly lines: readonly string[];
  /** Where in the file the held part begins and ends, in bytes. */
  readonly startOffset: number;
  readonly endOffset: number;
};

export type LogChunk = {
  readonly text: string;
  readonly offset: number;
  readonly nextOffset: number;
};

/** Lines kept at most: about what a person scrolls through before opening the file itself. */
const MOST_LINES = 50_000;

const ESCAPE = String.fromCharCode(27);
/** Colours and cursor moves that a terminal would swallow. */
const TERMINAL_SEQUENCE = new RegExp(`${ESCAPE}\\[[0-9;?]*[A-Za-z]`, "g");

/** The first chunk. If it begins inside the file, its first line is half a line and is left out. */
export function startLog(chunk: LogChunk): LogLines {
  const lines = chunk.text.split("\n");
  const whole = chunk.offset > 0 ? lines.slice(1) : lines;
  const cutBytes = chunk.offset > 0 ? byteLength(firstLineOf(chunk.text)) : 0;
  return { lines: whole, startOffset: chunk.offset + cutBytes, endOffset: chunk.nextOffset };
}

/** A chunk that follows what is held; any other chunk is ignored. */
export function appendToLog(log: LogLines, chunk: LogChunk): LogLines {
  if (chunk.offset !== log.endOffset || chunk.nextOffset <= log.endOffset) return log;
  const [continuation = "", ...more] = chunk.text.split("\n");
  const unfinished = log.lines.at(-1) ?? "";
  const lines = [...log.lines.slice(0, -1), unfinished + continuation, ...more];
  return { ...log, lines: lines.slice(-MOST_LINES), endOffset: chunk.nextOffset };
}

/** A chunk that ends where what is held begins. */
export function prependToLog(log: LogLines, chunk: LogChunk): LogLines {
  if (chunk.nextOffset !== log.startOffset) return log;
  const earlier = startLog(chunk);
  // The earlier chunk ends with a line break, so its last line is empty.
  return {
    lines: [...earlier.lines.slice(0, -1), ...log.lines],
    startOffset: earlier.startOffset,
    endOffset: log.endOffset,
  };
}

/** Makes one line fit to be shown: the last state of a progress bar, and no terminal colours. */
export function cleanLine(line: string): string {
  const shown = line.replace(/\r+$/, "");
  const lastState = shown.slice(shown.lastIndexOf("\r") + 1);
  return lastState.replaceAll(TERMINAL_SEQUENCE, "");
}

function firstLineOf(text: string): string {
  const end = text.indexOf("\n");
  return end === -1 ? text : text.slice(0, end + 1);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
