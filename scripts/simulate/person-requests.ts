import type { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import type { OutboxEntry } from "../../electron/sync/outbox-entry.ts";
import { OutboxStore } from "../../electron/sync/outbox-store.ts";
import type { SeededRandom } from "../torture/seeded-random.ts";
import type { Journal } from "./journal.ts";
import { keptRows } from "./file-rows.ts";
import type { Workstation } from "./workstation.ts";

/** What people ask of sync; some of it is refused, which is no fault. */
export class PersonRequests {
  readonly #random: SeededRandom;
  readonly #journal: Journal;
  readonly #newName: () => string;

  constructor(parts: { random: SeededRandom; journal: Journal; newName: () => string }) {
    this.#random = parts.random;
    this.#journal = parts.journal;
    this.#newName = parts.newName;
  }

  readonly keepLocal = (desk: Workstation): void => {
    const table = this.#random.pick(["datasets", "training_jobs"] as const);
    const rows = desk.rows.all(table);
    const row = rows[Math.floor(this.#random.upTo(rows.length))];
    if (row === undefined) return;
    const id = String(row["id"]);
    const isKeptLocal = this.#random.share() < 0.6;
    if (isKeptLocal) this.#journal.keptByChoice.add(id);
    const before = keptRows(desk);
    tolerate(() => desk.sync?.requests["sync.setKeepLocal"]({ table, id, isKeptLocal }, "local"));
    const after = keptRows(desk);
    // They are new to the project.
    for (const freed of before) if (!after.has(freed)) this.#journal.countChange(desk.name, freed);
  };

  readonly retry = (desk: Workstation): void => {
    const opId = this.#refused(desk)?.opId;
    if (typeof opId !== "string") return;
    tolerate(() => desk.sync?.requests["sync.retry"]({ opId }, "local"));
  };

  /** Puts right what the project refuses, or calls the thing something else. */
  readonly edit = (desk: Workstation): void => {
    const entry = this.#refused(desk);
    const values = entry === null ? null : this.#better(entry);
    if (entry === null || values === null) return;
    const { opId, table, rowId } = entry;
    const isDone = tolerate(() =>
      desk.sync?.requests["sync.retry"]({ opId: String(opId), values }, "local"),
    );
    if (!isDone) return;
    this.#journal.countChange(desk.name, rowId);
    const { name } = values;
    if (typeof name !== "string") return;
    const at = desk.clock();
    this.#journal.names.push({ by: desk.name, table, rowId, column: "name", value: name, at });
  };

  readonly discard = (desk: Workstation): void => {
    const entry = this.#refused(desk);
    if (entry === null) return;
    const given = withDependents(entry, new OutboxStore(desk.store));
    const kept = keptRows(desk);
    const opId = String(entry.opId);
    const giveUp = () => {
      for (const { rowId } of given) this.#journal.giveUp(desk.name, rowId);
    };
    try {
      if (!tolerate(() => desk.sync?.requests["sync.discard"]({ opId }, "local"))) return;
    } catch (error) {
      // The machine died, perhaps right after it was done.
      giveUp();
      throw error;
    }
    giveUp();
    // With what belongs to them.
    for (const id of keptRows(desk)) if (!kept.has(id)) this.#journal.giveUp(desk.name, id);
  };

  #refused(desk: Workstation): OutboxEntry | null {
    if (desk.sync === null) return null;
    const refused = new OutboxStore(desk.store).quarantined().filter(({ opId }) => opId !== null);
    return refused[Math.floor(this.#random.upTo(refused.length))] ?? null;
  }

  #better({ table, rowId, action }: OutboxEntry): Record<string, z.core.util.JSONType> | null {
    const isPoisoned = this.#journal.poisoned.has(rowId);
    if (isPoisoned && table === "datasets") return { sample_data: null };
    if (isPoisoned && action === "insert") {
      if (table === "training_jobs") return { progress: 0.5 };
      if (table === "cost_records") return { billing_period: "2026-04" };
      if (table === "notifications") return { metadata: {} };
    }
    if (table === "cost_records" || table === "notifications") return null;
    return { name: this.#newName() };
  }
}

/** What waits for a refused change is given up with it. */
function withDependents(entry: OutboxEntry, outbox: OutboxStore): OutboxEntry[] {
  const all = [entry];
  for (const each of all) if (each.opId !== null) all.push(...outbox.dependents(each.opId));
  return all;
}

/** @returns whether it was done. */
function tolerate(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return false;
  }
}
