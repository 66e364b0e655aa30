import type { ServerResponse } from "node:http";
import { DatabaseError } from "pg";
import { InvalidTokenError } from "../api-keys.ts";

/**
 * A refusal as hosted projects word it. Its HTTP status is 400 whatever the reason, which stands
 * in `statusCode` of the body; only resumable uploads answer with the reason's own status.
 */
export class StorageError extends Error {
  readonly statusCode: number;
  readonly error: string;
  readonly code: string;

  constructor(statusCode: number, error: string, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.error = error;
    this.code = code;
  }
}

export const objectNotFound = (): StorageError =>
  new StorageError(404, "not_found", "NoSuchKey", "Object not found");

export const bucketNotFound = (): StorageError =>
  new StorageError(404, "Bucket not found", "NoSuchBucket", "Bucket not found");

export const tooLarge = (): StorageError =>
  new StorageError(
    413,
    "Payload too large",
    "EntityTooLarge",
    "The object exceeded the maximum allowed size",
  );

export const wrongType = (type: string): StorageError =>
  new StorageError(
    415,
    "invalid_mime_type",
    "InvalidMimeType",
    `mime type ${type} is not supported`,
  );

export const badRequest = (code: string, message: string): StorageError =>
  new StorageError(400, code, code, message);

/** What a failure is in the words of the storage API. */
export function toStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  if (error instanceof InvalidTokenError) return accessDenied(error.message);
  if (error instanceof DatabaseError) {
    if (error.code === "42501") return accessDenied("new row violates row-level security policy");
    if (error.code === "23505") {
      return new StorageError(409, "Duplicate", "KeyAlreadyExists", "The resource already exists");
    }
    if (error.code === "23503") return bucketNotFound();
  }
  if (error instanceof SyntaxError || error instanceof URIError) {
    return badRequest("InvalidRequest", `The request cannot be read: ${error.message}`);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new StorageError(500, "InternalError", "InternalError", message);
}

export function sendStorageError(response: ServerResponse, thrown: unknown): void {
  const { statusCode, error, code, message } = toStorageError(thrown);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(statusCode === 500 ? 500 : 400, { "content-type": "application/json" });
  response.end(JSON.stringify({ statusCode: String(statusCode), error, code, message }));
}

function accessDenied(message: string): StorageError {
  return new StorageError(403, "Unauthorized", "AccessDenied", message);
}
