import type { Store } from "../store/open-store.ts";
import { MANIFEST_NAME, objectNameOf } from "../transfers/file-manifest.ts";
import { modelArtifactRowSchema } from "../../shared/types/team-rows.ts";

const adapterSchema = modelArtifactRowSchema.pick({ id: true, storage_path: true, files: true });

/**
 * Notes the files that another machine has uploaded of an adapter as uploads of this one that were
 * given up: such are taken back from the project as soon as nothing waits to be sent of their row.
 */
export function owedRemoval(
  store: Store,
  adapter: Record<string, unknown>,
  { at, createId }: { at: string; createId: () => string },
): void {
  const { id, storage_path: manifest, files } = adapterSchema.parse(adapter);
  if (manifest === null || !manifest.endsWith(`/${MANIFEST_NAME}`)) return;
  const folder = manifest.slice(0, manifest.lastIndexOf("/"));
  const objects = [
    ...files.map(({ name }) => ["file", name, objectNameOf(folder, name)] as const),
    ["manifest", MANIFEST_NAME, manifest] as const,
  ];
  const insert = store.prepare(
    `INSERT INTO transfers (id, direction, table_name, row_id, part, file_name, bucket, object_name,
       content_type, sha256, path, bytes_total, state, created_at, updated_at)
     VALUES (?, 'upload', 'model_artifacts', ?, ?, ?, 'lora-models', ?, '', '', '', 0, 'cancelled', ?, ?)`,
  );
  for (const [part, name, object] of objects)
    insert.run(createId(), id, part, name, object, at, at);
}
