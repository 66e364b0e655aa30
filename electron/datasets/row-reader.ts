import type { DatasetFormat, Turn } from "../../shared/contract/datasets.ts";
import { beyondTurns } from "./beyond-turns.ts";
import { EXCERPT_BYTES, excerptOf } from "./excerpt.ts";
import type { FileType } from "./file-type.ts";
import type { RawRow } from "./raw-row.ts";
import { type JsonObject, RowFault } from "./row-fault.ts";
import { formatOf, parseRow, turnsOf } from "./row-rules.ts";

export type RowPlace = Pick<RawRow, "offset" | "length" | "line">;

export interface RowVerdicts {
  /** `beyond`: see beyond-turns.ts. */
  accept(place: RowPlace, turns: readonly Turn[], beyond: string): void;
  reject(line: number, fault: RowFault, excerpt: string): void;
}

interface HeldRow {
  readonly place: RowPlace;
  readonly row: JsonObject;
  readonly format: DatasetFormat;
  readonly beginning: Buffer;
}

/** How many rows vote on the format of the file. */
const VOTES = 50;
/** Large rows vote in smaller numbers, so that few of them are in memory at a time. */
const HELD_BYTES = 32 * 1024 * 1024;

/**
 * Gives a verdict on each row. A file has one format: the one that most of its first 50 rows speak
 * for (the earlier one of two with as many). Until it is known those rows are held back; rows that
 * are wrong in every format are rejected at once and have no vote.
 */
export class RowReader {
  readonly #fileType: FileType;
  readonly #verdicts: RowVerdicts;
  #format: DatasetFormat | undefined;
  #held: HeldRow[] = [];
  #heldBytes = 0;

  constructor(fileType: FileType, verdicts: RowVerdicts) {
    this.#fileType = fileType;
    this.#verdicts = verdicts;
  }

  /** Undefined as long as no row has told. */
  get format(): DatasetFormat | undefined {
    return this.#format;
  }

  add(raw: RawRow): void {
    const row = parseRow(raw, this.#fileType);
    if (row instanceof RowFault) {
      this.#verdicts.reject(raw.line, row, excerptOf(raw.bytes));
    } else if (this.#format === undefined) {
      this.#hold(raw, row);
    } else {
      this.#judge(raw, row, raw.bytes, this.#format);
    }
  }

  end(): void {
    if (this.#format === undefined && this.#held.length > 0) this.#decide();
  }

  #hold(raw: RawRow, row: JsonObject): void {
    const { offset, length, line } = raw;
    this.#held.push({
      place: { offset, length, line },
      row,
      format: formatOf(row) ?? "text",
      beginning: Buffer.from(raw.bytes.subarray(0, EXCERPT_BYTES)),
    });
    this.#heldBytes += length;
    if (this.#held.length >= VOTES || this.#heldBytes >= HELD_BYTES) this.#decide();
  }

  #decide(): void {
    const held = this.#held;
    const format = majorityOf(held.map((row) => row.format));
    this.#format = format;
    this.#held = [];
    for (const { place, row, beginning } of held) this.#judge(place, row, beginning, format);
  }

  #judge(place: RowPlace, row: JsonObject, bytes: Buffer, format: DatasetFormat): void {
    const turns = turnsOf(row, format);
    if (turns instanceof RowFault) this.#verdicts.reject(place.line, turns, excerptOf(bytes));
    else this.#verdicts.accept(place, turns, beyondTurns(row, format));
  }
}

function majorityOf(formats: readonly DatasetFormat[]): DatasetFormat {
  const votes = new Map<DatasetFormat, number>();
  for (const format of formats) votes.set(format, (votes.get(format) ?? 0) + 1);
  const [winner] = [...votes].sort(([, a], [, b]) => b - a);
  return winner?.[0] ?? "text";
}
