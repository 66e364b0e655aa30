import { type Export, exportSchema } from "../../shared/contract/exports.ts";
import type { Row, Store } from "../store/open-store.ts";

const COLUMN_FIELDS: ReadonlySet<string> = new Set([
  "id",
  "artifactId",
  "artifactName",
  "format",
  "outtype",
  "isMergedFirst",
  "name",
  "targetPath",
  "state",
  "createdAt",
]);

export class ExportStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  insert(record: Export): void {
    this.#store
      .prepare(
        `INSERT INTO exports (id, artifact_id, artifact_name, format, outtype, is_merged_first,
           name, target_path, state, details, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        record.id,
        record.artifactId,
        record.artifactName,
        record.format,
        record.outtype,
        Number(record.isMergedFirst),
        record.name,
        record.targetPath,
        record.state,
        JSON.stringify(ownFields(record)),
        record.createdAt,
      );
  }

  /** Writes its state; what was asked for stays. */
  save(record: Export): void {
    this.#store
      .prepare("UPDATE exports SET state = ?, details = ? WHERE id = ?")
      .run(record.state, JSON.stringify(ownFields(record)), record.id);
  }

  find(id: string): Export | null {
    const row = this.#store.prepare("SELECT * FROM exports WHERE id = ?").get(id);
    return row === undefined ? null : exportOf(row);
  }

  /** Newest first. */
  list(artifactId?: string): Export[] {
    const rows =
      artifactId === undefined
        ? this.#store.prepare("SELECT * FROM exports ORDER BY created_at DESC, rowid DESC").all()
        : this.#store
            .prepare(
              "SELECT * FROM exports WHERE artifact_id = ? ORDER BY created_at DESC, rowid DESC",
            )
            .all(artifactId);
    return rows.map(exportOf);
  }

  /** Oldest first: those that wait and the one that runs, or ran when its app ended. */
  listUnfinished(): Export[] {
    return this.#store
      .prepare(
        "SELECT * FROM exports WHERE state IN ('queued', 'running') ORDER BY created_at, rowid",
      )
      .all()
      .map(exportOf);
  }
}

function ownFields(record: Export): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !COLUMN_FIELDS.has(name)));
}

function exportOf(row: Row): Export {
  return exportSchema.parse({
    ...(JSON.parse(String(row["details"])) as object),
    id: row["id"],
    artifactId: row["artifact_id"],
    artifactName: row["artifact_name"],
    format: row["format"],
    outtype: row["outtype"],
    isMergedFirst: row["is_merged_first"] === 1,
    name: row["name"],
    targetPath: row["target_path"],
    state: row["state"],
    createdAt: row["created_at"],
  });
}
