import { errors, jwtVerify } from "jose";
import type { JWTPayload } from "jose";
import type { ProjectKeys } from "./project-keys.ts";

/** On whose behalf a request is made: the role that PostgreSQL runs it as, and the token's claims. */
export interface Caller {
  role: string;
  claims: JWTPayload;
}

/** What is asked of a request's headers; both Node's and the web's can answer it. */
export interface CallHeaders {
  apikey: string | null;
  authorization: string | null;
}

export class ApiKeys {
  readonly #tokenOfKey: Map<string, string>;
  readonly #secret: Uint8Array;

  constructor(keys: ProjectKeys) {
    this.#secret = new TextEncoder().encode(keys.jwtSecret);
    this.#tokenOfKey = new Map([
      [keys.anonKey, keys.anonKey],
      [keys.publishableKey, keys.anonKey],
      [keys.serviceRoleKey, keys.serviceRoleKey],
      [keys.secretKey, keys.serviceRoleKey],
    ]);
  }

  isKnown(apiKey: string): boolean {
    return this.#tokenOfKey.has(apiKey);
  }

  /**
   * The token that the request is made with: the user's in Authorization, else that of the API
   * key. supabase-js puts the key into Authorization too while nobody is signed in; the newer keys
   * are no tokens and are replaced by one.
   */
  tokenFor({ apikey, authorization }: CallHeaders): string | null {
    const bearer = authorization?.replace(/^bearer\s+/i, "") ?? "";
    if (bearer !== "") return this.#tokenOfKey.get(bearer) ?? bearer;
    return apikey === null ? null : (this.#tokenOfKey.get(apikey) ?? null);
  }

  /** @throws {InvalidTokenError} */
  async callerOf(headers: CallHeaders): Promise<Caller> {
    const token = this.tokenFor(headers);
    if (token === null) throw new InvalidTokenError("No token was sent");
    const claims = await this.verify(token);
    const { role } = claims;
    return { role: typeof role === "string" ? role : "anon", claims };
  }

  /** @throws {InvalidTokenError} */
  async verify(token: string): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, this.#secret, { algorithms: ["HS256"] })).payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new InvalidTokenError(error.message);
      throw error;
    }
  }
}

export class InvalidTokenError extends Error {}
