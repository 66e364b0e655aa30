import type { SyncTable } from "../../shared/contract/sync.ts";

/** What was committed on a workstation, for the verdict at the end. */
export class Journal {
  /** Names and notes in the order in which they were given, each of them a text of its own. */
  readonly names: {
    by: string;
    table: SyncTable;
    rowId: string;
    column: string;
    value: string;
    at: number;
  }[] = [];
  /** Rows that the server has a reason of its own to refuse. */
  readonly poisoned = new Set<string>();
  /** Rows that were deleted, by whomever. */
  readonly deleted = new Set<string>();
  /** Rows that were ever asked to be kept local. */
  readonly keptByChoice = new Set<string>();
  /** Soft deletions, by whomever. */
  readonly softDeletions: { by: string; table: SyncTable; rowId: string }[] = [];
  /** Refused changes that somebody gave up: whose, and of which row. */
  readonly #givenUp = new Set<string>();
  /** What machines did because another one had asked for it. */
  readonly followed: {
    by: string;
    jobId: string;
    state: "running" | "stopped";
    /** False: the job was over, or gone. */
    isGranted: boolean;
  }[] = [];
  /** Who made a row. */
  readonly makers = new Map<string, { by: string; userId: string; table: SyncTable }>();
  /** How often a workstation has changed a row, its making and its deletion included. */
  readonly #changes = new Map<string, number>();

  countChange(by: string, rowId: string): void {
    const key = `${by} ${rowId}`;
    this.#changes.set(key, (this.#changes.get(key) ?? 0) + 1);
  }

  giveUp(by: string, rowId: string): void {
    this.#givenUp.add(`${by} ${rowId}`);
  }

  /** Whether somebody there ever gave up a change of the row. */
  wasGivenUp(by: string, rowId: string): boolean {
    return this.#givenUp.has(`${by} ${rowId}`);
  }

  changes(by: string, rowId: string): number {
    return this.#changes.get(`${by} ${rowId}`) ?? 0;
  }
}
