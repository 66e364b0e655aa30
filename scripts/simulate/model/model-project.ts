import type { SyncTable } from "../../../shared/contract/sync.ts";
import {
  emptyProjectData,
  type FeedRow,
  type ProjectData,
  type ServerRow,
} from "./project-data.ts";

/** The operation that a change is made for, as apply_change notes it for the feed's trigger. */
export interface PresentOperation {
  opId: string;
  table: SyncTable;
  rowId: string;
}

/**
 * A project's database: rows, feed and what a cascade does. Every request is one transaction, and
 * they follow on each other; what a transaction that is still open does to the feed's readers is
 * shown by `holdHorizon`.
 */
export class ModelProject {
  data: ProjectData = emptyProjectData();
  epoch = "epoch-1";
  /** Rows that were deleted at any time, also in a history that a restored backup took back. */
  readonly everDeleted = new Set<string>();
  readonly now: () => number;
  #heldXid: number | null = null;

  constructor(now: () => number) {
    this.now = now;
  }

  beginTransaction(): void {
    this.data.nextXid += 1;
  }

  /** A transaction of somebody else begins and stays open: newer entries are not given out yet. */
  holdHorizon(): void {
    this.#heldXid ??= this.data.nextXid + 1;
  }

  releaseHorizon(): void {
    this.#heldXid = null;
  }

  /** Only entries of transactions below it are given out: pg_snapshot_xmin. */
  horizon(): number {
    return this.#heldXid ?? this.data.nextXid + 1;
  }

  backUp(): ProjectData {
    return structuredClone(this.data);
  }

  /** As it was at the backup, under another epoch. */
  restore(backup: ProjectData, epoch: string): void {
    this.data = structuredClone(backup);
    this.epoch = epoch;
    this.#heldXid = null;
  }

  /** A row as its owner sees it. */
  find(table: SyncTable, id: unknown, userId: string): ServerRow | undefined {
    const row = this.data.rows[table].get(String(id));
    return row?.user_id === userId ? row : undefined;
  }

  insert(table: SyncTable, row: ServerRow, operation: PresentOperation | null): void {
    this.data.rows[table].set(row.id, row);
    this.#record(table, "insert", null, row, operation);
  }

  update(
    table: SyncTable,
    row: ServerRow,
    values: Record<string, unknown>,
    operation: PresentOperation | null,
  ): void {
    const later: ServerRow = { ...row, ...values };
    this.data.rows[table].set(row.id, later);
    this.#record(table, "update", row, later, operation);
  }

  /** With what the foreign keys do about it: what a row drags along is recorded after it. */
  deleteJob(job: ServerRow, operation: PresentOperation | null): void {
    const { rows, metrics } = this.data;
    const artifacts = [...rows.model_artifacts.values()].filter((row) => row["job_id"] === job.id);
    rows.training_jobs.delete(job.id);
    metrics.delete(job.id);
    this.#record("training_jobs", "delete", job, null, operation);
    for (const artifact of artifacts) {
      rows.model_artifacts.delete(artifact.id);
      this.#record("model_artifacts", "delete", artifact, null, operation);
    }
    for (const cost of rows.cost_records.values()) {
      if (cost["job_id"] === job.id) this.update("cost_records", cost, { job_id: null }, operation);
    }
    for (const other of rows.training_jobs.values()) {
      if (!artifacts.some(({ id }) => id === other["artifact_id"])) continue;
      this.update("training_jobs", other, { artifact_id: null }, operation);
    }
  }

  #record(
    table: SyncTable,
    action: FeedRow["action"],
    earlier: ServerRow | null,
    later: ServerRow | null,
    operation: PresentOperation | null,
  ): void {
    const row = later ?? earlier;
    if (row === null) return;
    if (action === "delete") this.everDeleted.add(row.id);
    const columns = action === "update" ? changedColumns(earlier ?? {}, later ?? {}) : [];
    const named = columns.filter((key) => key === "name" || key === "description");
    const isOwn = operation?.table === table && operation.rowId === row.id;
    this.data.feed.push({
      id: this.data.nextFeedId,
      xid: this.data.nextXid,
      epoch: this.epoch,
      userId: row.user_id,
      table,
      rowId: row.id,
      opId: isOwn ? operation.opId : null,
      action,
      columns,
      previous:
        named.length === 0 ? null : Object.fromEntries(named.map((key) => [key, earlier?.[key]])),
    });
    this.data.nextFeedId += 1;
  }
}

function changedColumns(
  earlier: Record<string, unknown>,
  later: Record<string, unknown>,
): string[] {
  return Object.keys(later)
    .filter((key) => key !== "updated_at" && !isSame(earlier[key], later[key]))
    .sort();
}

/** As jsonb compares: the order of an object's keys is nothing. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
