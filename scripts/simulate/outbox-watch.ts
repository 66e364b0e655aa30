import { OutboxStore } from "../../electron/sync/outbox-store.ts";
import { entryOf, type OutboxEntry } from "../../electron/sync/outbox-entry.ts";
import type { Journal } from "./journal.ts";
import type { OperationLedger } from "./operation-ledger.ts";
import { keptRows } from "./file-rows.ts";
import type { Workstation } from "./workstation.ts";

type Watched = Pick<Workstation, "name" | "store" | "rows" | "isEnabled">;

/**
 * Looks at the outboxes while they work: which changes an operation carries, and that none leaves
 * before an answer has named it.
 */
export class OutboxWatch {
  /** Operations that were sent although nothing had been changed since the one before them. */
  readonly empty = new Set<string>();
  readonly #journal: Journal;
  readonly #ledger: OperationLedger;
  readonly #present = new Map<Watched, Map<string, OutboxEntry>>();
  /** How many of a machine's changes of a row its operations have carried. */
  readonly #carried = new Map<string, number>();
  readonly #seen = new Set<string>();

  constructor(journal: Journal, ledger: OperationLedger) {
    this.#journal = journal;
    this.#ledger = ledger;
  }

  /** @returns what is wrong, in words. */
  look(desk: Watched): string[] {
    if (!desk.isEnabled) return [];
    const outbox = new OutboxStore(desk.store);
    const present = new Map<string, OutboxEntry>();
    const numbered = desk.store.prepare("SELECT * FROM sync_outbox WHERE op_id IS NOT NULL").all();
    for (const entry of numbered.map(entryOf)) {
      present.set(String(entry.opId), entry);
      if (entry.state === "sent") this.#noteFrozen(desk.name, entry);
    }
    const before = this.#present.get(desk) ?? new Map<string, OutboxEntry>();
    this.#present.set(desk, present);
    const gone = [...before].filter(([opId]) => !present.has(opId)).map(([, entry]) => entry);
    return gone
      .filter((entry) => !this.#isAnswered(desk, entry, outbox))
      .map(
        ({ opId, action, table, rowId }) =>
          `LOST: the ${action} of ${table} ${rowId} (${opId}) has left the outbox of ${desk.name} unanswered`,
      );
  }

  #noteFrozen(by: string, { opId, rowId }: OutboxEntry): void {
    const number = String(opId);
    if (this.#seen.has(number)) return;
    this.#seen.add(number);
    const key = `${by} ${rowId}`;
    const changes = this.#journal.changes(by, rowId);
    if (changes <= (this.#carried.get(key) ?? 0)) this.empty.add(number);
    this.#carried.set(key, changes);
  }

  /** Or found to be done already, joined to another of the row, given up, or kept local with what it belongs to. */
  #isAnswered(desk: Watched, entry: OutboxEntry, outbox: OutboxStore): boolean {
    const { opId, table, rowId, state } = entry;
    const operation = this.#ledger.operations.get(String(opId));
    return (
      operation?.isTold === true ||
      (state === "pending" && (operation?.applied ?? 0) > 0) ||
      outbox.ofRow(table, rowId).length > 0 ||
      this.#journal.wasGivenUp(desk.name, rowId) ||
      keptRows(desk).has(rowId)
    );
  }
}
