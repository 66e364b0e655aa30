import { mkdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import { writeFileAtomically } from "../jobs/atomic-file.ts";
import {
  adapterContentType,
  MANIFEST_NAME,
  type ManifestFile,
  manifestSchema,
  manifestText,
  objectNameOf,
  textHash,
} from "./file-manifest.ts";
import { hashFile } from "./hash-file.ts";
import type { NewTransfer } from "./transfer-record.ts";

export interface PlanOptions {
  rowId: string;
  userId: string;
  createId: () => string;
  signal: AbortSignal;
}

/** Its file in the library, which is named by its sha256 and never changed. */
export interface DatasetSource {
  name: string;
  path: string;
  sha256: string;
}

export interface ArtifactSource {
  name: string;
  /** The folder. */
  path: string;
  files: readonly { name: string }[];
}

const DATASET_TYPES: Record<string, string> = {
  ".json": "application/json",
  ".jsonl": "application/x-jsonlines",
  ".txt": "text/plain",
};

/** @throws AppError `conflict` when the stored file is not what was imported. */
export async function planDatasetUpload(
  source: DatasetSource,
  { rowId, userId, createId, signal }: PlanOptions,
): Promise<NewTransfer[]> {
  const { sha256, bytes, stamp } = await readSource(source.path, signal);
  if (sha256 !== source.sha256) {
    throw new AppError(
      "conflict",
      `The stored file of “${source.name}” is damaged: its sha256 is not the one of its import. Import the file again.`,
    );
  }
  const extension = extname(source.path).toLowerCase();
  return [
    {
      id: createId(),
      direction: "upload",
      table: "datasets",
      rowId,
      part: "only",
      fileName: source.name,
      bucket: "lora-datasets",
      objectName: `${userId}/${sha256}/data${extension}`,
      contentType: DATASET_TYPES[extension] ?? "text/plain",
      sha256,
      path: source.path,
      stamp,
      bytesTotal: bytes,
    },
  ];
}

/** Each file is an object of its own, so that a change of the model card costs a few bytes. */
export async function planArtifactUpload(
  source: ArtifactSource,
  { rowId, userId, createId, signal }: PlanOptions,
  manifestFolder: string,
): Promise<NewTransfer[]> {
  const hashed = [];
  for (const { name } of source.files) {
    const path = join(source.path, name);
    hashed.push({ name, path, ...(await readSource(path, signal)) });
  }
  const files: ManifestFile[] = hashed.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
  const checked = manifestSchema.safeParse({ version: 1, files });
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const name = typeof issue?.path[1] === "number" ? files[issue.path[1]]?.name : undefined;
    throw new AppError(
      "unsupported",
      `The adapter “${source.name}” cannot be stored with the team: ${name ?? "it"} ${issue?.message ?? ""}.`,
    );
  }
  const text = manifestText(files);
  const sha256 = textHash(text);
  const folder = `${userId}/${sha256}`;
  await mkdir(manifestFolder, { recursive: true, mode: 0o700 });
  const manifestPath = join(manifestFolder, `${createId()}.json`);
  await writeFileAtomically(manifestPath, text);
  const shared = { direction: "upload", table: "model_artifacts", rowId } as const;
  const bucket = "lora-models" as const;
  return [
    ...hashed.map((file) => ({
      ...shared,
      bucket,
      id: createId(),
      part: "file" as const,
      fileName: file.name,
      objectName: objectNameOf(folder, file.name),
      contentType: adapterContentType(file.name),
      sha256: file.sha256,
      path: file.path,
      stamp: file.stamp,
      bytesTotal: file.bytes,
    })),
    {
      ...shared,
      bucket,
      id: createId(),
      part: "manifest" as const,
      fileName: MANIFEST_NAME,
      objectName: `${folder}/${MANIFEST_NAME}`,
      contentType: "application/json",
      sha256,
      path: manifestPath,
      stamp: null,
      bytesTotal: Buffer.byteLength(text),
    },
  ];
}

async function readSource(path: string, signal: AbortSignal) {
  return hashFile(path, signal).catch((cause: NodeJS.ErrnoException) => {
    signal.throwIfAborted();
    throw new AppError(
      "not_found",
      `${path} cannot be read (${cause.code ?? cause.message}), so it cannot be stored with the team. Put it back, then try again.`,
      { cause },
    );
  });
}
