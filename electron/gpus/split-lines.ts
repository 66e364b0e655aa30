import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Longer than any line that a driver or a kernel prints; a longer one is not kept. */
const LONGEST_LINE = 64 * 1024;

/** Hands on every whole line. What stands after the last line's end was cut off, and is dropped. */
export function splitLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) rest = "";
    for (const line of lines) onLine(line);
  });
}
