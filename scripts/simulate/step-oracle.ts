import { type SyncTable, syncTableSchema } from "../../shared/contract/sync.ts";
import { countRows } from "../../electron/sync/sync-counts.ts";
import type { ModelProject } from "./model/model-project.ts";
import type { Workstation } from "./workstation.ts";

/** A file, whoever looks after it. */
type Machine = Pick<Workstation, "store" | "rows">;

/**
 * What must be true at any time: each row of a workstation is counted once, and one that counts as
 * synced is at the project.
 */
export class StepOracle {
  readonly #project: ModelProject;
  readonly #seen = new Map<Workstation, unknown>();

  constructor(project: ModelProject) {
    this.#project = project;
  }

  /** @returns what is wrong, in words. */
  look(desk: Workstation): string[] {
    if (!desk.isEnabled || desk.sync === null) return desk.faults;
    const changes = desk.store.prepare("SELECT total_changes() AS n").get()?.["n"];
    if (this.#seen.get(desk) === changes) return desk.faults;
    this.#seen.set(desk, changes);
    const problems = [...desk.faults];
    const { synced, waiting, attention, keptLocal } = countRows(desk.store);
    const rows = countableRows(desk);
    if (synced + waiting + attention + keptLocal !== rows) {
      const sum = `${synced} + ${waiting} + ${attention} + ${keptLocal}`;
      problems.push(`${desk.name} has ${rows} rows and counts ${sum}`);
    }
    const quiet = quietRows(desk);
    if (quiet.length !== synced) {
      problems.push(`${desk.name} counts ${synced} rows as synced, ${quiet.length} may be`);
    }
    if (this.#isBehind(desk)) return problems;
    for (const { table, id } of quiet) {
      const isThere = this.#project.data.rows[table].get(id)?.user_id === desk.userId;
      if (!isThere && !this.#wasDeleted(id)) {
        problems.push(
          `LOST: ${table} ${id} of ${desk.name} is neither at the project nor on its way`,
        );
      }
    }
    return problems;
  }

  /** It cannot know yet that the project was restored. */
  #isBehind(desk: Workstation): boolean {
    const cursor = desk.store.prepare("SELECT epoch, is_rebuilding FROM sync_cursor").get();
    return cursor?.["epoch"] !== this.#project.epoch || cursor["is_rebuilding"] === 1;
  }

  #wasDeleted(id: string): boolean {
    return this.#project.data.feed.some(({ rowId, action }) => rowId === id && action === "delete");
  }
}

/** Rows of the five tables, and those that are gone here while their deletion is on its way. */
export function countableRows(desk: Machine): number {
  const ids = new Set<string>();
  for (const table of syncTableSchema.options) {
    for (const row of desk.rows.all(table)) {
      if (table !== "datasets" || row["status"] !== "importing")
        ids.add(`${table} ${String(row["id"])}`);
    }
  }
  for (const row of desk.store.prepare("SELECT table_name, row_id FROM sync_outbox").all()) {
    ids.add(`${String(row["table_name"])} ${String(row["row_id"])}`);
  }
  return ids.size;
}

/** Rows of which nothing waits and which are not kept local. */
export function quietRows(desk: Machine): { table: SyncTable; id: string }[] {
  const sql = "SELECT table_name, row_id FROM sync_outbox";
  const waiting = new Set(
    desk.store
      .prepare(sql)
      .all()
      .map((row) => String(row["row_id"])),
  );
  const kept = keptRows(desk);
  return syncTableSchema.options.flatMap((table) =>
    desk.rows
      .all(table)
      .filter(
        (row) =>
          !(table === "datasets" && row["status"] === "importing") &&
          !waiting.has(String(row["id"])) &&
          !kept.has(String(row["id"])),
      )
      .map((row) => ({ table, id: String(row["id"]) })),
  );
}

/** Marked rows and what belongs to them. */
export function keptRows(desk: Machine): Set<string> {
  const sql = "SELECT row_id FROM sync_kept_local";
  const kept = new Set(
    desk.store
      .prepare(sql)
      .all()
      .map((row) => String(row["row_id"])),
  );
  const isKept = (value: unknown) => typeof value === "string" && kept.has(value);
  for (const job of desk.rows.all("training_jobs")) {
    if (isKept(job["dataset_id"])) kept.add(String(job["id"]));
  }
  for (const row of desk.rows.all("model_artifacts")) {
    if (isKept(row["job_id"]) || isKept(row["dataset_id"])) kept.add(String(row["id"]));
  }
  for (const row of desk.rows.all("cost_records")) {
    if (isKept(row["job_id"])) kept.add(String(row["id"]));
  }
  for (const row of desk.rows.all("notifications")) {
    if (isKept(String(row["action_url"] ?? "").slice(-36))) kept.add(String(row["id"]));
  }
  return kept;
}
