import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { Pool } from "pg";
import type { ApiKeys, Caller } from "../api-keys.ts";
import { listFolder } from "./list-folder.ts";
import type { ListRequest } from "./list-folder.ts";
import { ObjectFiles } from "./object-files.ts";
import { ObjectStore } from "./object-store.ts";
import type { Bucket, StoredObject } from "./object-store.ts";
import { ResumableUploads } from "./resumable-uploads.ts";
import { THE_SERVER } from "./run-as-caller.ts";
import { sendObject } from "./send-object.ts";
import { SignedUrls } from "./signed-urls.ts";
import { badRequest, bucketNotFound, objectNotFound, sendStorageError } from "./storage-error.ts";
import { uploadObject } from "./upload-object.ts";
import type { UploadParts } from "./upload-object.ts";

export interface StorageOptions {
  databaseUrl: string;
  /** Holds `files` and `uploads`. */
  folder: string;
  apiKeys: ApiKeys;
  jwtSecret: string;
  /** The project's own file limit, which a bucket's cannot exceed. */
  projectMaxBytes: number;
}

export const STORAGE_PATH = "/storage/v1";
const RESUMABLE_PATH = `${STORAGE_PATH}/upload/resumable`;

/** The answer has been written already. */
const SENT = Symbol("sent");

/** The part of the hosted storage API that the app uses, on the tables of the storage schema. */
export class StorageServer {
  readonly #pool: Pool;
  readonly #parts: UploadParts;
  readonly #apiKeys: ApiKeys;
  readonly #signedUrls: SignedUrls;
  readonly #resumable: ResumableUploads;

  constructor({ databaseUrl, folder, apiKeys, jwtSecret, projectMaxBytes }: StorageOptions) {
    this.#pool = new Pool({ connectionString: databaseUrl, max: 8 });
    // A connection lost while idle is replaced by the next request; without this it would end us.
    this.#pool.on("error", () => undefined);
    const objects = new ObjectStore(this.#pool);
    this.#parts = { objects, files: new ObjectFiles(join(folder, "files")), projectMaxBytes };
    this.#apiKeys = apiKeys;
    this.#signedUrls = new SignedUrls(objects, apiKeys, jwtSecret);
    const uploads = join(folder, "uploads");
    this.#resumable = new ResumableUploads(this.#parts, apiKeys, uploads, RESUMABLE_PATH);
  }

  async open(): Promise<void> {
    await this.#parts.files.open();
    await this.#resumable.removeExpired();
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** Answers a request below /storage/v1. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://storage");
    if (url.pathname.startsWith(RESUMABLE_PATH)) {
      await this.#resumable.handle(request, response);
      return;
    }
    try {
      const path = decodeURIComponent(url.pathname.slice(STORAGE_PATH.length + 1));
      const answer = await this.#answer(request, response, path.split("/"), url.searchParams);
      if (answer === SENT) return;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    } catch (error) {
      sendStorageError(response, error);
      // Whoever is still sending reads the answer only when all is taken.
      request.resume();
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    [kind, ...rest]: string[],
    query: URLSearchParams,
  ): Promise<unknown> {
    const method = request.method ?? "GET";
    if (kind === "bucket" && method === "GET") return this.#buckets(request, rest[0]);
    if (kind !== "object") throw notServed(method);
    const [first = "", second = ""] = rest;

    if (method === "GET" && first === "sign") {
      const name = rest.slice(2).join("/");
      await this.#signedUrls.check(query.get("token") ?? "", second, name);
      return this.#send(THE_SERVER, second, name, request, response, query);
    }
    if (method === "GET" && first === "public") {
      const bucket = await this.#parts.objects.findBucket(THE_SERVER, second);
      if (!bucket.public) throw bucketNotFound();
      return this.#send(THE_SERVER, second, rest.slice(2).join("/"), request, response, query);
    }
    const caller = await this.#callerOf(request);
    if (method === "POST" && first === "list") {
      const asked = (await json(request)) as ListRequest;
      return listFolder(this.#pool, caller, second, asked);
    }
    if (method === "POST" && first === "sign") {
      return this.#sign(caller, second, rest.slice(2).join("/"), request);
    }
    if (method === "GET" && first === "info") {
      const [bucketId = "", ...name] = withoutAuthenticated(rest.slice(1));
      return infoOf(await this.#parts.objects.findObject(caller, bucketId, name.join("/")));
    }
    const [bucketId = "", ...nameParts] = withoutAuthenticated(rest);
    const name = nameParts.join("/");
    if (method === "GET" || method === "HEAD") {
      return this.#send(caller, bucketId, name, request, response, query);
    }
    if (method === "POST" || method === "PUT") {
      const isUpsert = method === "PUT" || request.headers["x-upsert"] === "true";
      return uploadObject(this.#parts, { caller, bucketId, name, isUpsert }, request);
    }
    if (method === "DELETE") {
      if (name === "") {
        const { prefixes } = (await json(request)) as { prefixes?: string[] };
        return this.#remove(caller, bucketId, prefixes ?? []);
      }
      const removed = await this.#remove(caller, bucketId, [name]);
      if (removed.length === 0) throw objectNotFound();
      return { message: "Successfully deleted" };
    }
    throw notServed(method);
  }

  async #buckets(request: IncomingMessage, id: string | undefined): Promise<unknown> {
    const caller = await this.#callerOf(request);
    const { objects } = this.#parts;
    if (id !== undefined && id !== "") return withNumbers(await objects.findBucket(caller, id));
    return (await objects.listBuckets(caller)).map(withNumbers);
  }

  async #send(
    caller: Caller,
    bucketId: string,
    name: string,
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
  ): Promise<typeof SENT> {
    const object = await this.#parts.objects.findObject(caller, bucketId, name);
    await sendObject(this.#parts.files, object, request, response, query.get("download"));
    return SENT;
  }

  async #sign(
    caller: Caller,
    bucketId: string,
    name: string,
    request: IncomingMessage,
  ): Promise<unknown> {
    const { expiresIn, paths } = (await json(request)) as { expiresIn?: number; paths?: string[] };
    if (typeof expiresIn !== "number" || expiresIn < 1) {
      throw badRequest("InvalidRequest", "body/expiresIn must be >= 1");
    }
    if (name === "") return this.#signedUrls.signAll(caller, bucketId, paths ?? [], expiresIn);
    return { signedURL: await this.#signedUrls.sign(caller, bucketId, name, expiresIn) };
  }

  async #remove(caller: Caller, bucketId: string, names: string[]): Promise<StoredObject[]> {
    const removed = await this.#parts.objects.remove(caller, bucketId, names);
    await Promise.all(removed.map(({ version }) => this.#parts.files.remove(version)));
    return removed;
  }

  #callerOf({ headers }: IncomingMessage): Promise<Caller> {
    const { apikey, authorization = null } = headers;
    return this.#apiKeys.callerOf({
      apikey: typeof apikey === "string" ? apikey : null,
      authorization,
    });
  }
}

function withoutAuthenticated(path: string[]): string[] {
  return path[0] === "authenticated" ? path.slice(1) : path;
}

/** PostgreSQL gives a bigint as text; the API gives a number. */
function withNumbers(bucket: Bucket): Record<string, unknown> {
  const limit = bucket.file_size_limit;
  return { ...bucket, file_size_limit: limit === null ? null : Number(limit) };
}

function infoOf(object: StoredObject): Record<string, unknown> {
  const { size, mimetype, cacheControl, eTag, lastModified } = object.metadata;
  return {
    id: object.id,
    name: object.name,
    version: object.version,
    bucket_id: object.bucket_id,
    size,
    content_type: mimetype,
    cache_control: cacheControl,
    etag: eTag,
    metadata: object.user_metadata ?? {},
    last_modified: lastModified,
    created_at: object.created_at,
  };
}

function notServed(method: string): Error {
  return badRequest("InvalidRequest", `The local stack does not serve this ${method} request`);
}
