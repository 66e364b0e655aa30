import type { Row, Store } from "../store/open-store.ts";

export type ElsewhereTable = "datasets" | "training_jobs" | "model_artifacts";
type SharedTable = ElsewhereTable | "members" | "invitations";

/** A row that others show to the account, who one of these others is, or a team that invites it. */
export interface SharedRow {
  table: SharedTable;
  id: string;
  row: object;
}

/** What this machine has itself. Of the dataset of a downloaded adapter it may have the row alone. */
const HERE: Record<ElsewhereTable, string> = {
  datasets: `SELECT 1 FROM datasets t LEFT JOIN dataset_imports i ON i.dataset_id = t.id
    WHERE NOT (t.status = 'ready' AND i.file_type IS NULL)`,
  training_jobs: "SELECT 1 FROM training_jobs t WHERE 1",
  model_artifacts: "SELECT 1 FROM model_artifacts t WHERE 1",
};

/** Rows of the project that this machine does not have itself: the account's own, and others'. */
export class ElsewhereStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The account's rows of other machines; not those whose deletion is on its way. */
  ownRows(table: ElsewhereTable): unknown[] {
    return this.#store
      .prepare(
        `SELECT m.row FROM sync_mirror m WHERE m.table_name = ? AND NOT m.is_deleted
           AND m.row IS NOT NULL AND NOT EXISTS (${HERE[table]} AND t.id = m.row_id)
           AND NOT EXISTS (SELECT 1 FROM sync_outbox o WHERE o.table_name = m.table_name
             AND o.row_id = m.row_id AND o.action = 'delete')
         ORDER BY m.row ->> '$.created_at' DESC, m.row_id`,
      )
      .all(table)
      .map(parsed);
  }

  /** Not those that were deleted, which are there for what names them still. */
  sharedRows(table: ElsewhereTable): unknown[] {
    return this.#store
      .prepare(
        `SELECT s.row FROM sync_shared s WHERE s.table_name = ?
           AND s.row ->> '$.deleted_at' IS NULL AND NOT EXISTS (${HERE[table]} AND t.id = s.row_id)
         ORDER BY s.row ->> '$.created_at' DESC, s.row_id`,
      )
      .all(table)
      .map(parsed);
  }

  /** As they came. */
  of(table: "members" | "invitations"): unknown[] {
    return this.#store
      .prepare("SELECT row FROM sync_shared WHERE table_name = ? ORDER BY row_id")
      .all(table)
      .map(parsed);
  }

  /** One row that others share, as the project's API would give it; null: there is none. */
  sharedRow(table: ElsewhereTable, id: string): object | null {
    const row = this.#store
      .prepare("SELECT row FROM sync_shared WHERE table_name = ? AND row_id = ?")
      .get(table, id);
    if (row === undefined) return null;
    const unseen = table === "datasets" ? { sample_data: null, validation_errors: null } : {};
    return { ...unseen, ...(parsed(row) as object) };
  }

  /** What this machine has asked of jobs of other machines and is not answered for, by job. */
  wishes(): Map<string, string> {
    const rows = this.#store
      .prepare(
        `SELECT row_id, coalesce("values", given) ->> '$.desired_state' AS wish FROM sync_outbox
         WHERE table_name = 'training_jobs' AND given IS NOT NULL ORDER BY seq`,
      )
      .all();
    return new Map(
      rows.flatMap(({ row_id: id, wish }) =>
        typeof wish === "string" ? [[String(id), wish] as const] : [],
      ),
    );
  }

  isOfThisMachine(jobId: string): boolean {
    const found = this.#store.prepare("SELECT 1 FROM training_jobs WHERE id = ?").get(jobId);
    return found !== undefined;
  }

  /** Of a job of the account's own in the project, or of one that others share; null: no such job. */
  statusOf(jobId: string, whose: "own" | "shared"): string | null {
    const sql =
      whose === "own"
        ? "SELECT row ->> '$.status' AS status FROM sync_mirror WHERE NOT is_deleted AND table_name = ? AND row_id = ?"
        : "SELECT row ->> '$.status' AS status FROM sync_shared WHERE table_name = ? AND row_id = ?";
    const status = this.#store.prepare(sql).get("training_jobs", jobId)?.["status"];
    return typeof status === "string" ? status : null;
  }

  /** @returns whether anything is other than before. */
  replaceShared(rows: readonly SharedRow[]): boolean {
    return this.#store.transaction(() => {
      const before = new Map(
        this.#store
          .prepare("SELECT table_name, row_id, row FROM sync_shared")
          .all()
          .map((row) => [`${String(row["table_name"])} ${String(row["row_id"])}`, row["row"]]),
      );
      const after = new Map(
        rows.map(({ table, id, row }) => [
          `${table} ${id}`,
          { table, id, row: JSON.stringify(row) },
        ]),
      );
      const isSame =
        before.size === after.size && [...after].every(([key, { row }]) => before.get(key) === row);
      if (isSame) return false;
      this.#store.prepare("DELETE FROM sync_shared").run();
      const insert = this.#store.prepare("INSERT INTO sync_shared VALUES (?, ?, ?)");
      for (const { table, id, row } of after.values()) insert.run(table, id, row);
      return true;
    });
  }

  /** At once, as the server will have it: until the feed says so itself. */
  showWish(jobId: string, state: string): void {
    this.#store
      .prepare(
        `UPDATE sync_shared SET row = json_set(row, '$.desired_state', ?)
         WHERE table_name = 'training_jobs' AND row_id = ?`,
      )
      .run(state, jobId);
  }
}

function parsed(row: Row): unknown {
  return JSON.parse(String(row["row"]));
}
