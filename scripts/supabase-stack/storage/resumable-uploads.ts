import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { Metadata, Server } from "@tus/server";
import type { ServerOptions, Upload } from "@tus/server";
import { type ApiKeys, type Caller, InvalidTokenError } from "../api-keys.ts";
import type { NewObject } from "./object-store.ts";
import { THE_SERVER } from "./run-as-caller.ts";
import { badRequest, toStorageError } from "./storage-error.ts";
import { UnfinishedUploads } from "./unfinished-uploads.ts";
import { describe, parseUserMetadata } from "./upload-object.ts";
import type { UploadParts } from "./upload-object.ts";
import { checkName, checkSize, checkType, maxBytesOf } from "./upload-rules.ts";

type TusRequest = Parameters<NonNullable<ServerOptions["onIncomingRequest"]>>[0];

/** Hosted projects take chunks of this size only, but for the last. */
const CHUNK_BYTES = 6 * 1024 * 1024;
const URL_VALID_MS = 24 * 60 * 60 * 1000;

/**
 * Uploads in chunks that can go on after an interruption (TUS 1.0), below /upload/resumable. An
 * upload is bound to its object by the metadata bucketName and objectName. The policies are asked
 * at its creation, with every chunk (the token may have changed), and at its end.
 */
export class ResumableUploads {
  readonly #parts: UploadParts;
  readonly #apiKeys: ApiKeys;
  readonly #store: UnfinishedUploads;
  readonly #server: Server;

  constructor(parts: UploadParts, apiKeys: ApiKeys, folder: string, path: string) {
    this.#parts = parts;
    this.#apiKeys = apiKeys;
    // Made here, for the store would let every user of the machine look into it.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#store = new UnfinishedUploads({
      directory: folder,
      expirationPeriodInMilliseconds: URL_VALID_MS,
    });
    this.#server = new Server({
      path,
      datastore: this.#store,
      disableTerminationForFinishedUploads: true,
      namingFunction: () => randomUUID(),
      onIncomingRequest: (request, id) => answering(() => this.#checkRequest(request, id)),
      onUploadCreate: (_request, upload) => answering(() => this.#checkNew(upload)),
      onUploadFinish: (request, upload) => answering(() => this.#finish(request, upload)),
    });
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#server.handle(request, response);
  }

  async removeExpired(): Promise<void> {
    await this.#server.cleanUpExpiredUploads();
  }

  /** Looking how far an upload has got asks for a valid token only, as on hosted projects. */
  async #checkRequest(request: TusRequest, id: string): Promise<void> {
    if (request.method === "OPTIONS") return;
    const isHead = request.method === "HEAD";
    const caller = await this.#callerOf(request).catch((error: unknown) => {
      // Hosted projects say 400 here, and an answer to HEAD has no body that would say more.
      throw isHead && error instanceof InvalidTokenError
        ? badRequest("InvalidJWT", error.message)
        : error;
    });
    if (isHead) return;
    const upload = request.method === "POST" ? null : await this.#store.getUpload(id);
    const metadata = upload?.metadata ?? Metadata.parse(metadataHeaderOf(request));
    if (upload !== null && request.method === "PATCH") checkChunk(request, upload);
    const { bucketName, objectName } = requireNames(metadata);
    checkName(objectName);
    await this.#parts.objects.findBucket(THE_SERVER, bucketName);
    await this.#parts.objects.tryToWrite(caller, rowOf(request, metadata, id));
  }

  async #checkNew(upload: Upload): Promise<{ metadata?: Upload["metadata"] }> {
    if (upload.size === undefined) {
      throw badRequest("InvalidRequest", "The length of the upload must be known at its creation");
    }
    const { bucketName } = requireNames(upload.metadata);
    const bucket = await this.#parts.objects.findBucket(THE_SERVER, bucketName);
    checkSize(upload.size, maxBytesOf(bucket, this.#parts.projectMaxBytes));
    checkType(bucket, upload.metadata?.["contentType"] ?? "application/octet-stream");
    return {};
  }

  async #finish(request: TusRequest, upload: Upload): Promise<{ headers: Record<string, string> }> {
    const { objects, files } = this.#parts;
    const { metadata = {}, id, size = 0 } = upload;
    const seconds = metadata["cacheControl"];
    const row: NewObject = {
      ...rowOf(request, metadata, id),
      metadata: describe(
        id,
        size,
        metadata["contentType"] ?? "application/octet-stream",
        seconds === undefined || seconds === null ? "no-cache" : `max-age=${seconds}`,
      ),
      userMetadata: parseUserMetadata(metadata["metadata"] ?? undefined),
    };
    // The bytes first: a row without them would be a file that cannot be read.
    await files.adopt(id, join(this.#store.directory, id));
    try {
      const { replacedVersion } = await objects.write(await this.#callerOf(request), row);
      if (replacedVersion !== null) await files.remove(replacedVersion);
    } catch (error) {
      await files.remove(id);
      throw error;
    }
    await this.#store.markFinished(upload);
    return { headers: { "Tus-Complete": "1" } };
  }

  #callerOf(request: TusRequest): Promise<Caller> {
    return this.#apiKeys.callerOf({
      apikey: request.headers.get("apikey"),
      authorization: request.headers.get("authorization"),
    });
  }
}

type UploadMetadata = Record<string, string | null> | undefined;

function requireNames(metadata: UploadMetadata): { bucketName: string; objectName: string } {
  const bucketName = metadata?.["bucketName"];
  const objectName = metadata?.["objectName"];
  if (bucketName && objectName) return { bucketName, objectName };
  throw badRequest("InvalidRequest", "Metadata header is required: bucketName and objectName");
}

function rowOf(request: TusRequest, metadata: UploadMetadata, version: string): NewObject {
  const { bucketName, objectName } = requireNames(metadata);
  return {
    bucketId: bucketName,
    name: objectName,
    version,
    metadata: null,
    userMetadata: null,
    isUpsert: request.headers.get("x-upsert") === "true",
  };
}

function metadataHeaderOf(request: TusRequest): string | undefined {
  return request.headers.get("upload-metadata") ?? undefined;
}

function checkChunk(request: TusRequest, { size = 0, offset }: Upload): void {
  const length = request.headers.get("content-length");
  if (length === null) return;
  const bytes = Number(length);
  const isLast = offset + bytes === size;
  if (bytes > CHUNK_BYTES || (bytes < CHUNK_BYTES && !isLast)) {
    throw badRequest(
      "InvalidRequest",
      `Chunks must be ${CHUNK_BYTES} bytes long, but for the last; this one has ${bytes}`,
    );
  }
}

/** Unlike elsewhere, the reason is the HTTP status and the body is the bare message. */
async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error !== null && typeof error === "object" && "status_code" in error) throw error;
    const { statusCode, message } = toStorageError(error);
    throw Object.assign(new Error(message), { status_code: statusCode, body: message });
  }
}
