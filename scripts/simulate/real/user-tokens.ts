import { SignJWT } from "jose";

/** Tokens as the project's auth would issue them: for a user, or one that has run out. */
export class UserTokens {
  readonly #secret: Uint8Array;
  readonly #issued = new Map<string | null, string>();

  constructor(jwtSecret: string) {
    this.#secret = new TextEncoder().encode(jwtSecret);
  }

  async of(userId: string | null): Promise<string> {
    const known = this.#issued.get(userId);
    if (known !== undefined) return known;
    const token = await new SignJWT({ role: "authenticated" })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setSubject(userId ?? "00000000-0000-4000-8000-000000000000")
      .setAudience("authenticated")
      .setExpirationTime(userId === null ? "-1h" : "12h")
      .sign(this.#secret);
    this.#issued.set(userId, token);
    return token;
  }
}
