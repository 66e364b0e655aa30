import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import type { Caller } from "../api-keys.ts";
import { THE_SERVER, runAsCaller } from "./run-as-caller.ts";
import { bucketNotFound, objectNotFound } from "./storage-error.ts";

export interface Bucket {
  id: string;
  name: string;
  owner: string | null;
  public: boolean;
  file_size_limit: string | null;
  allowed_mime_types: string[] | null;
  created_at: Date;
  updated_at: Date;
}

export interface ObjectMetadata {
  eTag: string;
  size: number;
  mimetype: string;
  cacheControl: string;
  lastModified: string;
  contentLength: number;
  httpStatusCode: 200;
}

export interface StoredObject {
  id: string;
  bucket_id: string;
  name: string;
  owner: string | null;
  version: string;
  metadata: ObjectMetadata;
  user_metadata: Record<string, unknown> | null;
  created_at: Date;
  updated_at: Date;
  last_accessed_at: Date;
}

export interface NewObject {
  bucketId: string;
  name: string;
  /** Names the file that holds the bytes. */
  version: string;
  metadata: ObjectMetadata | null;
  userMetadata: Record<string, unknown> | null;
  /** Whether an object of this name may be replaced. */
  isUpsert: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const ON_CONFLICT = `
  on conflict (bucket_id, name) do update set
    owner = excluded.owner, owner_id = excluded.owner_id, version = excluded.version,
    metadata = excluded.metadata, user_metadata = excluded.user_metadata`;

/** The rows of storage.buckets and storage.objects, as the caller may see and change them. */
export class ObjectStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async listBuckets(caller: Caller): Promise<Bucket[]> {
    const { rows } = await runAsCaller(this.#pool, caller, (client) =>
      client.query<Bucket>("select * from storage.buckets order by name"),
    );
    return rows;
  }

  async findBucket(caller: Caller, id: string): Promise<Bucket> {
    const { rows } = await runAsCaller(this.#pool, caller, (client) =>
      client.query<Bucket>("select * from storage.buckets where id = $1", [id]),
    );
    return rows[0] ?? fail(bucketNotFound());
  }

  async findObject(caller: Caller, bucketId: string, name: string): Promise<StoredObject> {
    const { rows } = await runAsCaller(this.#pool, caller, (client) =>
      client.query<StoredObject>(
        "select * from storage.objects where bucket_id = $1 and name = $2",
        [bucketId, name],
      ),
    );
    return rows[0] ?? fail(objectNotFound());
  }

  /** Fails as writing it would, and leaves nothing behind: asked before the bytes are taken. */
  async tryToWrite(caller: Caller, object: NewObject): Promise<void> {
    await this.#write(caller, object, true);
  }

  /** @returns the version that it replaced, whose bytes nobody can reach any more. */
  async write(
    caller: Caller,
    object: NewObject,
  ): Promise<{ id: string; replacedVersion: string | null }> {
    const before = await this.#current(object.bucketId, object.name);
    const id = await this.#write(caller, object, false);
    return { id: before?.id ?? id, replacedVersion: before?.version ?? null };
  }

  /** @returns the rows that the caller could see and delete, which may be none. */
  async remove(caller: Caller, bucketId: string, names: string[]): Promise<StoredObject[]> {
    const { rows } = await runAsCaller(
      this.#pool,
      caller,
      (client) =>
        client.query<StoredObject>(
          "delete from storage.objects where bucket_id = $1 and name = any($2) returning *",
          [bucketId, names],
        ),
      { mayDelete: true },
    );
    return rows;
  }

  /** The id comes from here, for a RETURNING clause would ask for the right to read as well. */
  async #write(caller: Caller, object: NewObject, isTrial: boolean): Promise<string> {
    const id = randomUUID();
    const owner = caller.claims.sub ?? null;
    await runAsCaller(
      this.#pool,
      caller,
      (client) =>
        client.query(
          `insert into storage.objects
             (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           ${object.isUpsert ? ON_CONFLICT : ""}`,
          [
            id,
            object.bucketId,
            object.name,
            owner !== null && UUID.test(owner) ? owner : null,
            owner,
            object.version,
            object.metadata,
            object.userMetadata,
          ],
        ),
      { isTrial },
    );
    return id;
  }

  async #current(bucketId: string, name: string): Promise<StoredObject | undefined> {
    const { rows } = await runAsCaller(this.#pool, THE_SERVER, (client) =>
      client.query<StoredObject>(
        "select id, version from storage.objects where bucket_id = $1 and name = $2",
        [bucketId, name],
      ),
    );
    return rows[0];
  }
}

function fail(error: Error): never {
  throw error;
}
