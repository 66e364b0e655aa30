import type { Bucket } from "./object-store.ts";
import { badRequest, tooLarge, wrongType } from "./storage-error.ts";

/** What an object may be called: the characters that S3 calls safe, and a few more. */
const NAME = /^[\w/!\-.*'() &$@=;:+,?]+$/;

export function checkName(name: string): void {
  if (!NAME.test(name)) throw badRequest("InvalidKey", `Invalid key: ${name}`);
}

/** The smaller of the bucket's limit and the project's. */
export function maxBytesOf(bucket: Bucket, projectMaxBytes: number): number {
  const own = bucket.file_size_limit === null ? Infinity : Number(bucket.file_size_limit);
  return Math.min(own, projectMaxBytes);
}

export function checkSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) throw tooLarge();
}

/** A bucket that names no types takes all; `image/*` takes every image. */
export function checkType(bucket: Bucket, contentType: string): void {
  const allowed = bucket.allowed_mime_types;
  if (allowed === null || allowed.length === 0) return;
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  const isAllowed = allowed.some(
    (one) => one === type || (one.endsWith("/*") && type.startsWith(one.slice(0, -1))),
  );
  if (!isAllowed) throw wrongType(contentType);
}
