import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { extname } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type {
  DatasetFormat,
  DatasetStatistics,
  ImportProgress,
  Rejection,
  RejectionReason,
  Turn,
} from "../../shared/contract/datasets.ts";
import { type FileType, HEAD_BYTES, recogniseFile, splitterFor } from "./file-type.ts";
import type { ImportLimits } from "./import-limits.ts";
import type { RawRow } from "./raw-row.ts";
import { REASON_WORDS } from "./reason-words.ts";
import { RowCensus } from "./row-census.ts";
import { RowIndexWriter } from "./row-index.ts";
import { RowReader } from "./row-reader.ts";

export interface ImportTask {
  readonly sourcePath: string;
  /** The name as the user knows it; its extension counts. */
  readonly fileName: string;
  /** Where to write the copy and the row index; neither may be there yet. */
  readonly dataPath: string;
  readonly indexPath: string;
  readonly limits: ImportLimits;
}

export interface ImportedFile {
  readonly fileType: FileType;
  readonly format: DatasetFormat;
  readonly sha256: string;
  readonly bytes: number;
  readonly statistics: DatasetStatistics;
  readonly rejectedByReason: Partial<Record<RejectionReason, number>>;
  readonly samples: readonly (readonly Turn[])[];
}

export interface ImportObserver {
  /** After each chunk. */
  progress(progress: ImportProgress): void;
  /** For every rejected row; those of the first rows may come after later ones. */
  reject(rejection: Rejection): void;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads the file once from end to end: copies, hashes and splits it, gives a verdict on each row,
 * and writes the index of the accepted ones. Copy and index are durable on return. Blocks; it runs
 * in a thread of its own, and ending that thread is how it is cancelled.
 *
 * @throws AppError when the file as a whole cannot be a dataset.
 */
export function importFile(task: ImportTask, observer: ImportObserver): ImportedFile {
  // Before it is opened: opening a named pipe waits for its writer, and nothing ends that wait.
  const stat = statSync(task.sourcePath);
  if (!stat.isFile()) {
    throw new AppError(
      "invalid_input",
      `${task.fileName} is ${stat.isDirectory() ? "a folder" : "not a regular file"}. Choose a .jsonl, .json or .txt file.`,
    );
  }
  checkSize(task, stat.size);
  const source = openSync(task.sourcePath, "r");
  try {
    const copy = openSync(task.dataPath, "wx");
    try {
      const index = new RowIndexWriter(task.indexPath);
      try {
        return copyAndRead(task, observer, { source, sourceBytes: stat.size, copy, index });
      } finally {
        index.close();
      }
    } finally {
      closeSync(copy);
    }
  } finally {
    closeSync(source);
  }
}

interface OpenFiles {
  readonly source: number;
  readonly sourceBytes: number;
  readonly copy: number;
  readonly index: RowIndexWriter;
}

function copyAndRead(task: ImportTask, observer: ImportObserver, files: OpenFiles): ImportedFile {
  const { limits, fileName } = task;
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = fill(files.source, chunk);
  const head = chunk.subarray(0, Math.min(filled, HEAD_BYTES));
  const { fileType, markBytes } = recogniseFile(fileName, head, files.source);

  const census = new RowCensus();
  const reader = new RowReader(fileType, {
    accept(place, turns, beyond) {
      census.accept(turns, beyond);
      files.index.add(place);
    },
    reject(line, { reason, message }, excerpt) {
      census.reject(reason);
      observer.reject({ line, reason, message, excerpt });
    },
  });
  const splitter = splitterFor(fileType, {
    startOffset: markBytes,
    maxRowBytes: limits.maxRowBytes,
  });
  const hash = createHash("sha256");
  let rowsRead = 0;
  const take = (row: RawRow): void => {
    rowsRead += 1;
    if (rowsRead > limits.maxRows) {
      throw new AppError(
        "unsupported",
        `${fileName} has more than ${limits.maxRows.toLocaleString("en")} rows. Split it into several files.`,
      );
    }
    reader.add(row);
  };
  let bytes = 0;
  let skip = markBytes;
  while (filled > 0) {
    const part = chunk.subarray(0, filled);
    bytes += filled;
    checkSize(task, bytes);
    hash.update(part);
    writeAll(files.copy, part);
    splitter.push(part.subarray(skip), take);
    skip = 0;
    observer.progress({
      bytesRead: bytes,
      bytesTotal: Math.max(files.sourceBytes, bytes),
      rows: census.rows,
      rejected: census.rejected,
    });
    filled = fill(files.source, chunk);
  }
  splitter.end(take);
  reader.end();

  const { format } = reader;
  const { samples, rejectedByReason } = census;
  if (format === undefined || census.rows === 0) throw nothingAccepted(fileName, fileType, census);
  fsyncSync(files.copy);
  files.index.finish(bytes);
  const sha256 = hash.digest("hex");
  const statistics = census.statistics();
  return { fileType, format, sha256, bytes, statistics, rejectedByReason, samples };
}

/** Reads until the chunk is full or the file ends, so that chunks do not depend on the disk. */
function fill(file: number, chunk: Buffer): number {
  let filled = 0;
  while (filled < chunk.length) {
    const count = readSync(file, chunk, filled, chunk.length - filled, null);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

function writeAll(file: number, part: Buffer): void {
  let done = 0;
  while (done < part.length) done += writeSync(file, part, done, part.length - done);
}

function checkSize(task: ImportTask, bytes: number): void {
  if (bytes <= task.limits.maxFileBytes) return;
  const limitMb = Math.round(task.limits.maxFileBytes / 1024 / 1024);
  throw new AppError(
    "unsupported",
    `${task.fileName} is larger than ${limitMb} MiB, the most that is imported as one file. Split it into several files.`,
  );
}

function nothingAccepted(fileName: string, fileType: FileType, census: RowCensus): AppError {
  if (census.rejected === 0) {
    return new AppError(
      "invalid_input",
      `${fileName} has no rows: it is empty or holds only white space. Choose a file with rows in it.`,
    );
  }
  const topReason = census.commonestReason ?? "invalid_json";
  const isSpreadOverLines =
    fileType === "jsonl" &&
    extname(fileName).toLowerCase() === ".json" &&
    topReason === "invalid_json";
  const remedy = isSpreadOverLines
    ? "It seems to be JSON over several lines that is no array: put its rows into one array ([{…}, {…}]), or write one object on each line."
    : "The list of rejected rows says what is wrong with each; mend the file and import it again.";
  return new AppError(
    "invalid_input",
    `None of the ${census.rejected.toLocaleString("en")} rows of ${fileName} can be used (most often: ${REASON_WORDS[topReason]}). ${remedy}`,
    { details: { rejectedByReason: census.rejectedByReason } },
  );
}
