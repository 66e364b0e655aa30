import { open } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";
import type { DatasetFormat, PreviewRow, Turn } from "../../shared/contract/datasets.ts";
import type { FileType } from "./file-type.ts";
import type { FilePaths } from "./library-folder.ts";
import { RowFault } from "./row-fault.ts";
import { readRowIndex } from "./row-index.ts";
import type { RowPlace } from "./row-reader.ts";
import { parseRow, turnsOf } from "./row-rules.ts";

const SHOWN_TURN_CHARACTERS = 4000;
const SHOWN_ROW_CHARACTERS = 20_000;
const SHOWN_ROW_TURNS = 200;

export interface StoredRows {
  readonly name: string;
  readonly format: DatasetFormat;
  readonly fileType: FileType;
  readonly paths: FilePaths;
}

/** Reads only the rows asked for, whatever lies before them. */
export async function previewRows(
  stored: StoredRows,
  offset: number,
  limit: number,
): Promise<{ total: number; rows: PreviewRow[] }> {
  try {
    return await readRows(stored, offset, limit);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damaged(stored, error);
  }
}

async function readRows(
  stored: StoredRows,
  offset: number,
  limit: number,
): Promise<{ total: number; rows: PreviewRow[] }> {
  const { count, dataBytes, places } = await readRowIndex(stored.paths.indexPath, offset, limit);
  const file = await open(stored.paths.dataPath, "r");
  try {
    if ((await file.stat()).size !== dataBytes) throw damaged(stored);
    const rows: PreviewRow[] = [];
    for (const [position, place] of places.entries()) {
      const bytes = Buffer.alloc(place.length);
      await file.read(bytes, 0, place.length, place.offset);
      const turns = turnsAt(stored, place, bytes);
      rows.push({ index: offset + position, line: place.line, ...cutTurns(turns) });
    }
    return { total: count, rows };
  } finally {
    await file.close();
  }
}

function turnsAt(stored: StoredRows, place: RowPlace, bytes: Buffer): readonly Turn[] {
  const { fileType } = stored;
  // As the splitter gives blocks of text: with LF as line ends.
  const plain =
    fileType === "txt"
      ? Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1")
      : bytes;
  const row = parseRow({ ...place, bytes: plain, isTooLarge: false }, fileType);
  const turns = row instanceof RowFault ? row : turnsOf(row, stored.format);
  if (turns instanceof RowFault) throw damaged(stored);
  return turns;
}

function cutTurns(turns: readonly Turn[]): { turns: Turn[]; isCut: boolean } {
  const shown: Turn[] = [];
  let left = SHOWN_ROW_CHARACTERS;
  let isCut = false;
  for (const { role, text } of turns) {
    if (left <= 0 || shown.length === SHOWN_ROW_TURNS) return { turns: shown, isCut: true };
    const length = Math.min(text.length, SHOWN_TURN_CHARACTERS, left);
    isCut ||= length < text.length;
    shown.push({ role, text: isCut ? wholeCharacters(text, length) : text });
    left -= length;
  }
  return { turns: shown, isCut };
}

/** Never ends in half a surrogate pair. */
function wholeCharacters(text: string, length: number): string {
  const isHalf = /[\ud800-\udbff]/.test(text.charAt(length - 1)) && length < text.length;
  return text.slice(0, isHalf ? length - 1 : length);
}

/** What is said when the library's own files are not as the import left them. */
export function damaged(stored: StoredRows, cause?: unknown): AppError {
  return new AppError(
    "internal",
    `The stored file of the dataset “${stored.name}” (${stored.paths.dataPath}) is missing or damaged. Import the original file again; that mends it.`,
    cause === undefined ? {} : { cause },
  );
}
