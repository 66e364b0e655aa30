import type { DatasetStatistics, RejectionReason, Turn } from "../../shared/contract/datasets.ts";
import { storableText } from "./storable-text.ts";
import { TextHashSet } from "./text-hash-set.ts";

const SAMPLE_ROWS = 3;
const SAMPLE_TURNS = 20;
const SAMPLE_TURN_CHARACTERS = 500;

/** Counts what the verdicts on the rows say. Characters are UTF-16 code units. */
export class RowCensus {
  readonly #seen = new TextHashSet();
  readonly #byReason = new Map<RejectionReason, number>();
  readonly #samples: Turn[][] = [];
  #rows = 0;
  #rejected = 0;
  #duplicates = 0;
  #turns = 0;
  #characters = 0;
  #longestRowCharacters = 0;

  get rows(): number {
    return this.#rows;
  }

  get rejected(): number {
    return this.#rejected;
  }

  /** The first rows, cut, as they are shown where nobody has the file. */
  get samples(): readonly (readonly Turn[])[] {
    return this.#samples;
  }

  get rejectedByReason(): Partial<Record<RejectionReason, number>> {
    return Object.fromEntries(this.#byReason);
  }

  /** Undefined as long as no row was rejected. */
  get commonestReason(): RejectionReason | undefined {
    return [...this.#byReason].sort(([, a], [, b]) => b - a)[0]?.[0];
  }

  accept(turns: readonly Turn[], beyond: string): void {
    let characters = 0;
    for (const turn of turns) characters += turn.text.length;
    this.#rows += 1;
    this.#turns += turns.length;
    this.#characters += characters;
    this.#longestRowCharacters = Math.max(this.#longestRowCharacters, characters);
    if (!this.#seen.add(turns, beyond)) this.#duplicates += 1;
    if (this.#samples.length < SAMPLE_ROWS) {
      this.#samples.push(
        turns.slice(0, SAMPLE_TURNS).map(({ role, text }) => ({
          role,
          text: storableText(text.slice(0, SAMPLE_TURN_CHARACTERS)),
        })),
      );
    }
  }

  reject(reason: RejectionReason): void {
    this.#rejected += 1;
    this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + 1);
  }

  statistics(): DatasetStatistics {
    return {
      rows: this.#rows,
      rejected: this.#rejected,
      duplicates: this.#duplicates,
      turns: this.#turns,
      characters: this.#characters,
      longestRowCharacters: this.#longestRowCharacters,
    };
  }
}
