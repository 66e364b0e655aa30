import { readSync } from "node:fs";
import { extname } from "node:path";
import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import { ArraySplitter } from "./array-splitter.ts";
import { BlockSplitter } from "./block-splitter.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { RowSplitter, SplitterOptions } from "./raw-row.ts";
import { isBlankByte } from "./white-space.ts";

/** How the rows lie in the file: one on each line, as elements of an array, or as blocks of text. */
export const fileTypeSchema = z.enum(["jsonl", "json", "txt"]);
export type FileType = z.infer<typeof fileTypeSchema>;

/** How much of a file's beginning `recogniseFile` wants to see. */
export const HEAD_BYTES = 64 * 1024;

export interface RecognisedFile {
  readonly fileType: FileType;
  /** Length of the byte order mark: 0 or 3. */
  readonly markBytes: number;
}

const JSON_EXTENSIONS = new Set([".jsonl", ".ndjson", ".json"]);
const WAY_TO_ROWS =
  "Save it as .jsonl (one JSON object on each line), .json (an array of objects) or .txt, and import that.";

/**
 * Says how to read a file, by its name and its first bytes. JSON is an array when its first
 * character is `[`, whatever the extension; any other is read line by line. The one exception is a
 * first line that is an array by itself with more lines behind it: those are lines too.
 *
 * @param file an open file, read here without moving its position.
 * @throws AppError `unsupported` for what cannot hold rows of text, with what to do instead.
 */
export function recogniseFile(fileName: string, head: Buffer, file: number): RecognisedFile {
  const foreign = foreignKind(fileName, head);
  if (foreign !== undefined) {
    throw new AppError("unsupported", `${fileName} ${foreign.what}. ${foreign.remedy}`);
  }
  const extension = extname(fileName).toLowerCase();
  const markBytes = head.subarray(0, 3).equals(UTF8_MARK) ? 3 : 0;
  if (extension === ".txt") return { fileType: "txt", markBytes };
  if (!JSON_EXTENSIONS.has(extension)) {
    const named = extension === "" ? "has no extension" : `is a ${extension} file`;
    throw new AppError(
      "unsupported",
      `${fileName} ${named}, and only .jsonl, .ndjson, .json and .txt files can be imported. ${WAY_TO_ROWS}`,
    );
  }
  return { fileType: isArray(file, markBytes) ? "json" : "jsonl", markBytes };
}

export function splitterFor(fileType: FileType, options: SplitterOptions): RowSplitter {
  switch (fileType) {
    case "jsonl":
      return new LineSplitter(options);
    case "json":
      return new ArraySplitter(options);
    case "txt":
      return new BlockSplitter(options);
  }
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const LINE_FEED = 0x0a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

interface ForeignKind {
  readonly what: string;
  readonly remedy: string;
}

function foreignKind(fileName: string, head: Buffer): ForeignKind | undefined {
  if (startsWith(head, "PAR1") || /\.parquet$/i.test(fileName)) {
    return {
      what: "is a Parquet file",
      remedy: `Convert it first, for example with Python: pandas.read_parquet(path).to_json("rows.jsonl", orient="records", lines=True, force_ascii=False).`,
    };
  }
  if (head[0] === 0x1f && head[1] === 0x8b) {
    return { what: "is compressed with gzip", remedy: "Unpack it and import the file inside." };
  }
  if (startsWith(head, "PK\u0003\u0004")) {
    return {
      what: "is a zip archive (spreadsheets and documents of office programs are such archives too)",
      remedy: `Unpack it and import the file inside, or export its rows. ${WAY_TO_ROWS}`,
    };
  }
  if (startsWith(head, "%PDF-")) {
    return { what: "is a PDF", remedy: "Export its text to a .txt file and import that." };
  }
  if (isUtf16(head)) {
    return {
      what: "is encoded as UTF-16 or UTF-32",
      remedy: `Save it as UTF-8 and import it again (most editors: "Save with encoding").`,
    };
  }
  if (head.includes(0)) {
    return { what: "is a binary file, not text", remedy: WAY_TO_ROWS };
  }
  return undefined;
}

function startsWith(head: Buffer, magic: string): boolean {
  return head.subarray(0, magic.length).equals(Buffer.from(magic, "latin1"));
}

/** By the byte order mark, or by zeros in every second byte, as text of Latin letters has them. */
function isUtf16(head: Buffer): boolean {
  const mark = head.subarray(0, 2).toString("hex");
  if (mark === "fffe" || mark === "feff") return true;
  const start = head.subarray(0, 64);
  if (start.length < 4) return false;
  const zeros = [0, 0];
  for (const [at, byte] of start.entries()) {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] as number) + 1;
  }
  const [even, odd] = zeros as [number, number];
  return Math.max(even, odd) >= start.length * 0.4 && Math.min(even, odd) === 0;
}

/** Reads up to the end of the first line with ink, and behind it only if that line is `[…]`. */
function isArray(file: number, start: number): boolean {
  const chunk = Buffer.allocUnsafe(HEAD_BYTES);
  let lastInk: number | undefined;
  let isLineOver = false;
  for (let position = start; ;) {
    const count = readSync(file, chunk, 0, chunk.length, position);
    if (count === 0) return lastInk !== undefined;
    for (const byte of chunk.subarray(0, count)) {
      if (byte === LINE_FEED) {
        if (lastInk !== undefined && lastInk !== CLOSE_BRACKET) return true;
        isLineOver = lastInk !== undefined;
      } else if (!isBlankByte(byte)) {
        if (isLineOver || (lastInk === undefined && byte !== OPEN_BRACKET)) return false;
        lastInk = byte;
      }
    }
    position += count;
  }
}
