import { SignJWT } from "jose";
import { InvalidTokenError } from "../api-keys.ts";
import type { ApiKeys, Caller } from "../api-keys.ts";
import type { ObjectStore } from "./object-store.ts";
import { badRequest, toStorageError } from "./storage-error.ts";

export interface SignedPath {
  path: string;
  signedURL: string | null;
  error: string | null;
}

/** Links by which anybody may read one object for a while; making one asks the right to read it. */
export class SignedUrls {
  readonly #objects: ObjectStore;
  readonly #apiKeys: ApiKeys;
  readonly #secret: Uint8Array;

  constructor(objects: ObjectStore, apiKeys: ApiKeys, jwtSecret: string) {
    this.#objects = objects;
    this.#apiKeys = apiKeys;
    this.#secret = new TextEncoder().encode(jwtSecret);
  }

  async sign(
    caller: Caller,
    bucketId: string,
    name: string,
    expiresInSeconds: number,
  ): Promise<string> {
    await this.#objects.findObject(caller, bucketId, name);
    const url = `${bucketId}/${name}`;
    const token = await new SignJWT({ url })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInSeconds)
      .sign(this.#secret);
    return `/object/sign/${url}?token=${token}`;
  }

  /** Of several, each is answered for. */
  async signAll(
    caller: Caller,
    bucketId: string,
    names: string[],
    expiresInSeconds: number,
  ): Promise<SignedPath[]> {
    return Promise.all(
      names.map(async (path) => {
        try {
          const signedURL = await this.sign(caller, bucketId, path, expiresInSeconds);
          return { path, signedURL, error: null };
        } catch (error) {
          if (toStorageError(error).statusCode !== 404) throw error;
          const words = "Either the object does not exist or you do not have access to it";
          return { path, signedURL: null, error: words };
        }
      }),
    );
  }

  /** Throws unless the token is good, still valid and for this very object. */
  async check(token: string, bucketId: string, name: string): Promise<void> {
    const claims = await this.#apiKeys.verify(token).catch((error: unknown) => {
      if (error instanceof InvalidTokenError) throw badRequest("InvalidJWT", error.message);
      throw error;
    });
    if (claims["url"] !== `${bucketId}/${name}`) {
      throw badRequest("InvalidSignature", "Invalid signature");
    }
  }
}
