import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import {
  MANIFEST_NAME,
  type ManifestFile,
  manifestSchema,
  MAX_MANIFEST_BYTES,
  objectNameOf,
} from "./file-manifest.ts";
import { objectBytes } from "./resumable-upload.ts";
import type { StorageClient } from "./storage-client.ts";
import type { TeamRow } from "./team-rows-client.ts";
import type { NewTransfer, TransferRecord } from "./transfer-record.ts";

export type DownloadRow<T extends "datasets" | "model_artifacts"> = TeamRow<T>;

export interface DownloadPlace {
  createId: () => string;
  /** Where files lie until they are complete. */
  folder: string;
}

const STORED = /^[0-9a-f-]{36}\/([0-9a-f]{64})\/[^/]+$/;

/**
 * @throws AppError `conflict` when nobody has stored the file yet, `forbidden` when it is not shared.
 */
export function planDatasetDownload(
  row: DownloadRow<"datasets">,
  { createId, folder, userId }: DownloadPlace & { userId: string },
): NewTransfer {
  if (row.user_id !== userId && row.storage_path === null) {
    throw new AppError(
      "forbidden",
      `The rows of “${row.name}” stay with the colleague whose dataset it is: a shared job shows its figures alone.`,
    );
  }
  const sha256 = storedHash(row.name, row.storage_path);
  if (sha256 !== row.sha256) throw misplaced(row.name);
  const id = createId();
  return {
    id,
    direction: "download",
    table: "datasets",
    rowId: row.id,
    part: "only",
    fileName: row.file_name,
    bucket: "lora-datasets",
    objectName: String(row.storage_path),
    contentType: "application/octet-stream",
    sha256,
    path: join(folder, `${id}.partial`),
    stamp: null,
    bytesTotal: row.file_size_bytes,
  };
}

/** Only its list of files at first. The length of that is not in the row, but at the project. */
export async function planArtifactDownload(
  row: DownloadRow<"model_artifacts">,
  { createId, folder }: DownloadPlace,
  client: StorageClient,
  signal: AbortSignal,
): Promise<NewTransfer> {
  const sha256 = storedHash(row.name, row.storage_path);
  const objectName = String(row.storage_path);
  if (!objectName.endsWith(`/${MANIFEST_NAME}`)) throw misplaced(row.name);
  const bytesTotal = await objectBytes(client, "lora-models", objectName, signal);
  if (bytesTotal === null) {
    throw new AppError(
      "not_found",
      `The files of “${row.name}” are not in the project's storage, or are not shared with this account.`,
    );
  }
  if (bytesTotal > MAX_MANIFEST_BYTES) throw misplaced(row.name);
  const id = createId();
  return {
    id,
    direction: "download",
    table: "model_artifacts",
    rowId: row.id,
    part: "manifest",
    fileName: MANIFEST_NAME,
    bucket: "lora-models",
    objectName,
    contentType: "application/json",
    sha256,
    path: join(folder, `${id}.json`),
    stamp: null,
    bytesTotal,
  };
}

/** The folder in which an adapter's files come together. */
export function adapterFolder(manifest: TransferRecord): string {
  return manifest.path.replace(/\.json$/, "");
}

/** @throws AppError `unsupported` when the list names what must not be written or loaded here. */
export async function planFilesOf(
  manifest: TransferRecord,
  createId: () => string,
): Promise<NewTransfer[]> {
  const files = parseManifest(await readFile(manifest.path, "utf8"));
  const place = manifest.objectName.slice(0, manifest.objectName.lastIndexOf("/"));
  return files.map(({ name, bytes, sha256 }) => ({
    id: createId(),
    direction: "download",
    table: manifest.table,
    rowId: manifest.rowId,
    part: "file",
    fileName: name,
    bucket: manifest.bucket,
    objectName: objectNameOf(place, name),
    contentType: "application/octet-stream",
    sha256,
    path: join(adapterFolder(manifest), ...name.split("/")),
    stamp: null,
    bytesTotal: bytes,
  }));
}

function parseManifest(text: string): ManifestFile[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data.files;
  throw new AppError(
    "unsupported",
    `The adapter's list of files is refused: one ${parsed.error.issues[0]?.message ?? "cannot be read"}. Ask whoever stored it.`,
  );
}

function storedHash(name: string, storagePath: string | null): string {
  if (storagePath === null) {
    throw new AppError(
      "conflict",
      `“${name}” has not been stored with the team yet. The machine that has it uploads it by itself when it is online.`,
    );
  }
  const sha256 = STORED.exec(storagePath)?.[1];
  if (sha256 === undefined) throw misplaced(name);
  return sha256;
}

function misplaced(name: string): AppError {
  return new AppError(
    "conflict",
    `What the project says of where “${name}” is stored cannot be right. Ask whoever stored it to upload it again.`,
  );
}
