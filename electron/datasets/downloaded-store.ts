import type { Rejection } from "../../shared/contract/datasets.ts";
import type { Store } from "../store/open-store.ts";
import { whileApplying } from "../sync/merge-row.ts";
import type { DatasetStore } from "./dataset-store.ts";
import type { ImportedFile } from "./import-file.ts";

export interface DownloadedRow {
  id: string;
  name: string;
  description: string;
  file_name: string;
  file_size_bytes: number;
  storage_path: string | null;
  created_at: string;
}

/**
 * Makes a dataset of the team's ready here. One of our own has the server's row already; of a
 * colleague's, `row` is a new dataset of ours, which the server has yet to hear of.
 */
export function writeDownloaded(
  { store, datasets }: { store: Store; datasets: DatasetStore },
  row: DownloadedRow,
  kept: { file: ImportedFile; rejections: readonly Rejection[]; isOwn: boolean },
  at: string,
): void {
  const write = () => {
    const createdAt = kept.isOwn ? new Date(row.created_at).toISOString() : at;
    store
      .prepare(
        `INSERT INTO datasets (id, name, description, status, file_name, file_size_bytes,
           storage_path, created_at, updated_at)
         VALUES (?, ?, ?, 'importing', ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      )
      .run(
        row.id,
        row.name,
        row.description,
        row.file_name,
        row.file_size_bytes,
        kept.isOwn ? row.storage_path : null,
        createdAt,
        at,
      );
    store
      .prepare("INSERT INTO dataset_imports (dataset_id) VALUES (?) ON CONFLICT DO NOTHING")
      .run(row.id);
    store.prepare("DELETE FROM dataset_rejections WHERE dataset_id = ?").run(row.id);
    datasets.writeReady(row.id, kept.file, kept.rejections, at);
  };
  if (kept.isOwn) whileApplying(store, write);
  else store.transaction(write);
}
