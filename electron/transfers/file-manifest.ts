import { createHash } from "node:crypto";
import { z } from "zod";

/**
 * What an adapter's folder holds. It is stored beside the files, in a folder named by its own
 * sha256, so that the row's storage_path alone proves every file of the adapter.
 */
export const MANIFEST_NAME = "lora-desk-manifest.json";
export const MAX_MANIFEST_BYTES = 1024 * 1024;
const MAX_FILES = 1000;

/** Formats that run code when they are loaded: never taken from anyone. */
const PICKLES = /\.(bin|pt|pth|pkl|pickle|ckpt)$/i;
const PART = /^[^\\/:*?"<>|\p{Cc}]+$/u;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A path inside the adapter's folder, good on every system. */
export function isSafeName(name: string): boolean {
  const parts = name.split("/");
  return (
    name.length <= 300 &&
    parts.every(
      (part) =>
        PART.test(part) && !/^\.{1,2}$/.test(part) && !/[. ]$/.test(part) && !RESERVED.test(part),
    )
  );
}

const fileSchema = z.object({
  name: z
    .string()
    .refine(isSafeName, "is no name of a file inside the adapter")
    .refine((name) => !PICKLES.test(name), "could run code when it is loaded"),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ManifestFile = z.infer<typeof fileSchema>;

export const manifestSchema = z
  .object({ version: z.literal(1), files: z.array(fileSchema).min(1).max(MAX_FILES) })
  .refine(
    ({ files }) => new Set(files.map(({ name }) => name.toLowerCase())).size === files.length,
    "names a file twice",
  );

/** The same files give the same text, and so the same place in the bucket. */
export function manifestText(files: readonly ManifestFile[]): string {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const listed = sorted.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
  return `${JSON.stringify({ version: 1, files: listed }, null, 1)}\n`;
}

export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Buckets take few characters in names: others are stored by the hash of their name. */
export function objectNameOf(folder: string, name: string): string {
  const isPlain = /^[\w.-]+(\/[\w.-]+)*$/.test(name) && name !== MANIFEST_NAME;
  return `${folder}/${isPlain ? name : `named-${textHash(name).slice(0, 32)}`}`;
}

/** The bucket for adapters knows no other types. */
export function adapterContentType(name: string): string {
  return /\.json$/i.test(name) ? "application/json" : "application/octet-stream";
}
