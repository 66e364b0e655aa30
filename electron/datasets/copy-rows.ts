import { createHash } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import { damaged, type StoredRows } from "./preview-rows.ts";
import { readRowIndex } from "./row-index.ts";
import type { RowPlace } from "./row-reader.ts";

const LINE_ENDS = /[\r\n]+/g;
/** Some 250,000 tokens: more than anyone reads, and less than holds up a window. */
const MOST_BYTES = 1_000_000;

/**
 * Writes some accepted rows, in the order asked for, to a file of their own in `folder`: whoever
 * reads it need not read what lies before them.
 *
 * @param rows 0-based, as the preview counts them.
 * @throws AppError `not_found` when there is no such row, `unsupported` when they are too long.
 */
export async function copyRows(
  stored: StoredRows,
  rows: readonly number[],
  folder: string,
): Promise<{ path: string; sha256: string }> {
  const isText = stored.fileType === "txt";
  const file = await open(stored.paths.dataPath, "r").catch((error: unknown) => {
    throw damaged(stored, error);
  });
  const parts: Buffer[] = [];
  let left = MOST_BYTES;
  try {
    for (const row of rows) {
      const place = await placeOf(stored, row);
      left -= place.length;
      if (left < 0) throw tooLong(stored, rows.length);
      const bytes = Buffer.alloc(place.length);
      const { bytesRead } = await file.read(bytes, 0, place.length, place.offset);
      if (bytesRead !== place.length) throw damaged(stored);
      parts.push(isText ? bytes : onOneLine(bytes), Buffer.from(isText ? "\n\n" : "\n"));
    }
  } finally {
    await file.close();
  }
  const content = Buffer.concat(parts);
  const path = join(folder, isText ? "rows.txt" : "rows.jsonl");
  await writeFile(path, content, { mode: 0o600 });
  return { path, sha256: createHash("sha256").update(content).digest("hex") };
}

async function placeOf(stored: StoredRows, row: number): Promise<RowPlace> {
  const { count, places } = await readRowIndex(stored.paths.indexPath, row, 1);
  const [place] = places;
  if (place !== undefined) return place;
  throw new AppError(
    "not_found",
    `“${stored.name}” has ${count} rows, numbered from 0, so there is no row ${row}.`,
  );
}

function tooLong({ name }: StoredRows, count: number): AppError {
  const rows = count === 1 ? "This row" : "These rows";
  const advice = count === 1 ? "It is too long to be shown." : "Ask for fewer rows at a time.";
  return new AppError(
    "unsupported",
    `${rows} of “${name}” ${count === 1 ? "has" : "have together"} more than ${MOST_BYTES / 1e6} MB. ${advice}`,
  );
}

/** An element of an array may span lines. JSON has line ends between its marks only, as space. */
function onOneLine(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("latin1").replaceAll(LINE_ENDS, " "), "latin1");
}
