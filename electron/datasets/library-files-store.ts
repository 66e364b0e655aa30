import type { Store } from "../store/open-store.ts";

/** Which datasets the files of the library belong to; several of the same content share one. */
export class LibraryFilesStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  isUsedByOthers(sha256: string, id: string): boolean {
    return (
      this.#store
        .prepare(
          `SELECT 1 FROM datasets d JOIN dataset_imports i ON i.dataset_id = d.id
           WHERE d.sha256 = ? AND d.id <> ? AND i.file_type IS NOT NULL LIMIT 1`,
        )
        .get(sha256, id) !== undefined
    );
  }

  /** Files of which every dataset was deleted before `deletedBefore` and none was trained on. */
  unused(deletedBefore: string): string[] {
    return this.#store
      .prepare(
        `SELECT d.sha256 FROM datasets d JOIN dataset_imports i ON i.dataset_id = d.id
         WHERE i.file_type IS NOT NULL AND d.sha256 IS NOT NULL
         GROUP BY d.sha256
         HAVING sum(d.deleted_at IS NULL OR d.deleted_at >= ?) = 0
           AND sum(EXISTS (SELECT 1 FROM training_jobs j WHERE j.dataset_id = d.id)) = 0`,
      )
      .all(deletedBefore)
      .map((row) => String(row["sha256"]));
  }

  /** The file is gone; the rows stay, so that the team still hears of the deletion. */
  forget(sha256: string): void {
    this.#store
      .prepare(
        `UPDATE dataset_imports SET file_type = NULL
         WHERE dataset_id IN (SELECT id FROM datasets WHERE sha256 = ?)`,
      )
      .run(sha256);
  }
}
