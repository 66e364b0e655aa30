import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Caller } from "../../shared/contract/contract.ts";

/** Remembers browser sessions over restarts of the core; implemented by `session-file.ts`. */
export interface SessionMemory {
  load(): readonly string[];
  save(digests: readonly string[]): void;
}

const SESSIONS_KEPT = 20;

/**
 * Who may talk to the loopback port. A browser first opens a link with a one-time token, which
 * becomes a cookie; programs of the same user send the secret from `core.json`.
 *
 * Being on loopback is not enough: any web page the user visits can send requests there. So the
 * Host must be ours (DNS rebinding), and what changes things or opens a socket must come from our
 * own origin or carry the secret, which no web page knows.
 */
export class Access {
  readonly #secret: string;
  readonly #memory: SessionMemory;
  readonly #oneTimeTokens = new Set<string>();
  #sessionDigests: readonly string[];

  constructor(secret: string, memory: SessionMemory) {
    this.#secret = secret;
    this.#memory = memory;
    this.#sessionDigests = memory.load();
  }

  issueToken(): string {
    const token = randomBytes(32).toString("base64url");
    this.#oneTimeTokens.add(digest(token));
    return token;
  }

  /** Uses a token up. @returns the value for the session cookie, or null for a wrong token. */
  redeem(token: string): string | null {
    if (!this.#oneTimeTokens.delete(digest(token))) return null;
    const session = randomBytes(32).toString("base64url");
    this.#sessionDigests = [digest(session), ...this.#sessionDigests].slice(0, SESSIONS_KEPT);
    this.#memory.save(this.#sessionDigests);
    return session;
  }

  isHostOurs(request: IncomingMessage, port: number): boolean {
    return loopbackHosts(port).includes(request.headers.host ?? "");
  }

  /** @returns who asks, or null for a stranger. Call `isHostOurs` first. */
  identify(request: IncomingMessage, isOriginNeeded: boolean): Caller | null {
    const authorization = request.headers.authorization;
    if (authorization !== undefined) {
      return isEqual(authorization, `Bearer ${this.#secret}`) ? "local" : null;
    }
    const cookie = readCookie(request, cookieName(request));
    if (cookie === null || !this.#sessionDigests.includes(digest(cookie))) return null;
    const origin = request.headers.origin;
    if (origin === undefined) return isOriginNeeded ? null : "browser";
    return origin === `http://${request.headers.host}` ? "browser" : null;
  }
}

/** Browsers do not keep cookies apart by port, so the port is part of the name. */
export function cookieName(request: IncomingMessage): string {
  return `lora-desk-${(request.headers.host ?? "").split(":").at(-1)}`;
}

function loopbackHosts(port: number): string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
}

function readCookie(request: IncomingMessage, name: string): string | null {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name && value !== undefined) return value;
  }
  return null;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function isEqual(left: string, right: string): boolean {
  // Digests have equal lengths, which timingSafeEqual needs.
  return timingSafeEqual(Buffer.from(digest(left)), Buffer.from(digest(right)));
}
