import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Caller } from "../api-keys.ts";
import { readMultipartFile } from "./multipart-file.ts";
import type { ObjectFiles } from "./object-files.ts";
import type { ObjectMetadata, ObjectStore } from "./object-store.ts";
import { THE_SERVER } from "./run-as-caller.ts";
import { badRequest } from "./storage-error.ts";
import { checkName, checkSize, checkType, maxBytesOf } from "./upload-rules.ts";

export interface UploadTarget {
  caller: Caller;
  bucketId: string;
  name: string;
  isUpsert: boolean;
}

interface Content {
  bytes: AsyncIterable<Buffer>;
  contentType: string;
  cacheControl: string;
  userMetadata: Record<string, unknown> | null;
}

export interface UploadParts {
  objects: ObjectStore;
  files: ObjectFiles;
  projectMaxBytes: number;
}

/** Takes an object in one request. The policies are asked before its bytes are. */
export async function uploadObject(
  parts: UploadParts,
  target: UploadTarget,
  request: IncomingMessage,
): Promise<{ Id: string; Key: string }> {
  const { objects, files, projectMaxBytes } = parts;
  const { caller, bucketId, name, isUpsert } = target;
  checkName(name);
  const bucket = await objects.findBucket(THE_SERVER, bucketId);
  const maxBytes = maxBytesOf(bucket, projectMaxBytes);
  const version = randomUUID();
  const row = { bucketId, name, version, isUpsert };
  await objects.tryToWrite(caller, { ...row, metadata: null, userMetadata: null });

  const content = await readContent(request);
  checkType(bucket, content.contentType);
  if (!isForm(request)) checkSize(Number(request.headers["content-length"] ?? 0), maxBytes);
  const size = await files.take(version, content.bytes, maxBytes);
  try {
    const { id, replacedVersion } = await objects.write(caller, {
      ...row,
      metadata: describe(version, size, content.contentType, content.cacheControl),
      userMetadata: content.userMetadata,
    });
    if (replacedVersion !== null) await files.remove(replacedVersion);
    return { Id: id, Key: `${bucketId}/${name}` };
  } catch (error) {
    await files.remove(version);
    throw error;
  }
}

/** The `metadata` column, as hosted projects fill it. */
export function describe(
  version: string,
  size: number,
  mimetype: string,
  cacheControl: string,
): ObjectMetadata {
  return {
    eTag: `"${version.replaceAll("-", "")}"`,
    size,
    mimetype,
    cacheControl,
    lastModified: new Date().toISOString(),
    contentLength: size,
    httpStatusCode: 200,
  };
}

export function parseUserMetadata(json: string | undefined): Record<string, unknown> | null {
  if (json === undefined || json === "") return null;
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    throw badRequest("InvalidParameter", "The object's metadata is not JSON");
  }
}

async function readContent(request: IncomingMessage): Promise<Content> {
  if (isForm(request)) {
    const { fields, contentType, bytes } = await readMultipartFile(request);
    const seconds = fields.get("cacheControl");
    return {
      bytes,
      contentType,
      cacheControl: seconds === undefined ? "no-cache" : `max-age=${seconds}`,
      userMetadata: parseUserMetadata(fields.get("metadata")),
    };
  }
  const encoded = request.headers["x-metadata"];
  return {
    bytes: request,
    contentType: request.headers["content-type"] ?? "application/octet-stream",
    cacheControl: request.headers["cache-control"] ?? "no-cache",
    userMetadata: parseUserMetadata(
      typeof encoded === "string" ? Buffer.from(encoded, "base64").toString("utf8") : undefined,
    ),
  };
}

function isForm(request: IncomingMessage): boolean {
  return /^multipart\/form-data/i.test(request.headers["content-type"] ?? "");
}
