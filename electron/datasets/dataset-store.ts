import type { Dataset, Rejection } from "../../shared/contract/datasets.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import type { Store } from "../store/open-store.ts";
import { KeptLocalStore } from "../sync/kept-local-store.ts";
import { datasetFromRow, rejectionFromRow, type StoredDataset } from "./dataset-row.ts";
import type { ImportedFile } from "./import-file.ts";
import type { StoredFile } from "./library-folder.ts";

const SELECT = `
  SELECT d.*, i.file_type, i.rows, i.rejected, i.duplicates, i.turns, i.characters,
    i.longest_row_characters, i.failure
  FROM datasets d LEFT JOIN dataset_imports i ON i.dataset_id = d.id`;

export type NewDataset = Pick<Dataset, "id" | "name" | "fileName" | "fileSizeBytes">;

/** The datasets in the database. Times are ISO 8601 in UTC. */
export class DatasetStore {
  readonly #store: Store;
  readonly #keptLocal: KeptLocalStore;
  readonly #onEnd: (dataset: Dataset) => void;

  /** @param onEnd hears of each import that has ended, in the transaction that writes it. */
  constructor(store: Store, onEnd: (dataset: Dataset) => void = () => undefined) {
    this.#store = store;
    this.#keptLocal = new KeptLocalStore(store);
    this.#onEnd = onEnd;
  }

  insert(dataset: NewDataset, at: string, isKeptLocal = false): void {
    this.#store.transaction(() => {
      if (isKeptLocal) this.#keptLocal.mark("datasets", dataset.id);
      this.#store
        .prepare(
          `INSERT INTO datasets (id, name, status, file_name, file_size_bytes, created_at, updated_at)
           VALUES (?, ?, 'importing', ?, ?, ?, ?)`,
        )
        .run(dataset.id, dataset.name, dataset.fileName, dataset.fileSizeBytes, at, at);
      this.#store.prepare("INSERT INTO dataset_imports (dataset_id) VALUES (?)").run(dataset.id);
    });
  }

  isKeptLocal(id: string): boolean {
    return this.#keptLocal.isMarked("datasets", id);
  }

  find(id: string): StoredDataset | undefined {
    const row = this.#store.prepare(`${SELECT} WHERE d.id = ?`).get(id);
    return row === undefined ? undefined : datasetFromRow(row);
  }

  /** Newest first, without the deleted ones and those whose file is on another machine. */
  list(): StoredDataset[] {
    return this.#store
      .prepare(
        `${SELECT} WHERE d.deleted_at IS NULL AND NOT (d.status = 'ready' AND i.file_type IS NULL)
         ORDER BY d.created_at DESC, d.id`,
      )
      .all()
      .map(datasetFromRow);
  }

  importing(): StoredDataset[] {
    return this.#store.prepare(`${SELECT} WHERE d.status = 'importing'`).all().map(datasetFromRow);
  }

  readyOfSize(fileSizeBytes: number): StoredDataset[] {
    return this.#store
      .prepare(
        `${SELECT} WHERE d.status = 'ready' AND d.deleted_at IS NULL AND d.file_size_bytes = ?
         ORDER BY d.created_at, d.id`,
      )
      .all(fileSizeBytes)
      .map(datasetFromRow);
  }

  /** A rejected import does not hold on to its name: the file is likely to be imported again. */
  isNameTaken(name: string, exceptId?: string): boolean {
    return (
      this.#store
        .prepare(
          `SELECT 1 FROM datasets WHERE name = ? AND deleted_at IS NULL AND status <> 'rejected'
             AND id IS NOT ?`,
        )
        .get(name, exceptId ?? null) !== undefined
    );
  }

  /** Says where the import is about to put its file, so that a crash does not leave it unknown. */
  noteFile(id: string, { sha256, fileType }: StoredFile): void {
    this.#store.transaction(() => {
      this.#store.prepare("UPDATE datasets SET sha256 = ? WHERE id = ?").run(sha256, id);
      this.#store
        .prepare("UPDATE dataset_imports SET file_type = ? WHERE dataset_id = ?")
        .run(fileType, id);
    });
  }

  setReady(id: string, file: ImportedFile, rejections: readonly Rejection[], at: string): void {
    this.#store.transaction(() => {
      this.writeReady(id, file, rejections, at);
      this.#tellEnd(id);
    });
  }

  /** `setReady` of what was not imported but downloaded: nobody needs to be told. */
  writeReady(id: string, file: ImportedFile, rejections: readonly Rejection[], at: string): void {
    const { statistics: counts } = file;
    this.#store.transaction(() => {
      this.noteFile(id, file);
      this.#store
        .prepare(
          `UPDATE datasets SET status = 'ready', format = ?, file_size_bytes = ?,
             total_training_pairs = ?, avg_turns_per_conversation = ?, training_ready = 1,
             validation_errors = ?, sample_data = ?, updated_at = ? WHERE id = ?`,
        )
        .run(
          file.format,
          file.bytes,
          counts.rows,
          counts.turns / counts.rows,
          JSON.stringify({ total: counts.rejected, byReason: file.rejectedByReason }),
          JSON.stringify(file.samples),
          at,
          id,
        );
      this.#store
        .prepare(
          `UPDATE dataset_imports SET rows = ?, rejected = ?, duplicates = ?, turns = ?,
             characters = ?, longest_row_characters = ? WHERE dataset_id = ?`,
        )
        .run(
          counts.rows,
          counts.rejected,
          counts.duplicates,
          counts.turns,
          counts.characters,
          counts.longestRowCharacters,
          id,
        );
      this.#insertRejections(id, rejections);
    });
  }

  /** `rejected` counts all rejected rows; `rejections` may be only the first of them. */
  setRejected(
    id: string,
    failure: Failure,
    found: { rejected: number; rejections: readonly Rejection[] },
    at: string,
  ): void {
    this.#store.transaction(() => {
      this.#store
        .prepare(
          "UPDATE datasets SET status = 'rejected', sha256 = NULL, updated_at = ? WHERE id = ?",
        )
        .run(at, id);
      this.#store
        .prepare(
          "UPDATE dataset_imports SET file_type = NULL, failure = ?, rejected = ? WHERE dataset_id = ?",
        )
        .run(JSON.stringify(failure), found.rejected, id);
      this.#insertRejections(id, found.rejections);
      this.#tellEnd(id);
    });
  }

  rename(id: string, name: string, description: string, at: string): void {
    this.#store
      .prepare("UPDATE datasets SET name = ?, description = ?, updated_at = ? WHERE id = ?")
      .run(name, description, at, id);
  }

  delete(id: string, at: string): void {
    this.#store
      .prepare("UPDATE datasets SET deleted_at = ?, updated_at = ? WHERE id = ?")
      .run(at, at, id);
  }

  /**
   * Where it was deleted before `doubtfulBefore`, its file may be gone from the team's project: it
   * counts as never stored there.
   */
  restore(id: string, at: string, doubtfulBefore: string): void {
    this.#store.transaction(() => {
      const { changes } = this.#store
        .prepare("UPDATE datasets SET storage_path = NULL WHERE id = ? AND deleted_at < ?")
        .run(id, doubtfulBefore);
      if (Number(changes) > 0) {
        this.#store
          .prepare(
            `DELETE FROM transfers WHERE direction = 'upload' AND table_name = 'datasets'
               AND row_id = ? AND state = 'done'`,
          )
          .run(id);
      }
      this.#store
        .prepare("UPDATE datasets SET deleted_at = NULL, updated_at = ? WHERE id = ?")
        .run(at, id);
    });
  }

  /** Takes the row away for good: only for imports that were cancelled. */
  remove(id: string): void {
    this.#store.transaction(() => {
      this.#store.prepare("DELETE FROM datasets WHERE id = ?").run(id);
      this.#keptLocal.unmark("datasets", id);
    });
  }

  rejections(id: string, offset: number, limit: number): { total: number; rows: Rejection[] } {
    const counted = this.#store
      .prepare("SELECT rejected FROM dataset_imports WHERE dataset_id = ?")
      .get(id);
    const rows = this.#store
      .prepare(
        `SELECT line, reason, message, excerpt FROM dataset_rejections
         WHERE dataset_id = ? AND position >= ? ORDER BY position LIMIT ?`,
      )
      .all(id, offset, limit)
      .map(rejectionFromRow);
    return { total: Number(counted?.["rejected"] ?? 0), rows };
  }

  unfinishedJobNames(datasetId: string): string[] {
    return this.#store
      .prepare(
        `SELECT name FROM training_jobs WHERE dataset_id = ?
         AND status IN ('queued', 'preparing', 'running', 'stopping', 'interrupted')
         ORDER BY created_at`,
      )
      .all(datasetId)
      .map((row) => String(row["name"]));
  }

  #tellEnd(id: string): void {
    const stored = this.find(id);
    if (stored !== undefined) this.#onEnd(stored.dataset);
  }

  #insertRejections(id: string, rejections: readonly Rejection[]): void {
    const insert = this.#store.prepare(
      `INSERT INTO dataset_rejections (dataset_id, position, line, reason, message, excerpt)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    for (const [position, { line, reason, message, excerpt }] of rejections.entries()) {
      insert.run(id, position, line, reason, message, excerpt);
    }
  }
}
