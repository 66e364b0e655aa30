import { ServerFault } from "../sync/team-server.ts";
import type { TeamSession } from "../sync/team-session.ts";
import {
  isAboutToken,
  isWorthAnotherTry,
  mayBeAboutToken,
  readRefusal,
  type Refusal,
  StorageRefusal,
} from "./storage-fault.ts";
import { stallGuard } from "./stall-guard.ts";

export interface StorageRequest {
  method: "GET" | "HEAD" | "POST" | "PATCH" | "DELETE" | "OPTIONS";
  /** Below the project's storage address, or a whole address there. */
  url: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** Hears of bytes as they leave for the network. */
  onSent?: (bytes: number) => void;
  signal: AbortSignal;
  /** Refusals that the caller wants to see as answers. */
  accept?: readonly number[];
}

export interface StorageAnswer {
  status: number;
  headers: Headers;
  /** Of an accepted refusal, in words. */
  message: string;
  /** The bytes of a success, as they come; fails with a ServerFault when they stop. */
  bytes(): AsyncGenerator<Uint8Array>;
  json(): Promise<unknown>;
}

/** Putting a large object together takes hosted projects a while after its last chunk. */
const STALL_MS = 120_000;
const SLICE_BYTES = 256 * 1024;

/** Speaks with a project's storage as the signed-in user, with a token that is good each time. */
export class StorageClient {
  readonly #session: TeamSession;
  readonly #fetch: typeof fetch;
  readonly #storageUrl: string;
  readonly #stallMs: number;

  constructor(session: TeamSession, fetchImplementation: typeof fetch, stallMs = STALL_MS) {
    this.#session = session;
    this.#fetch = fetchImplementation;
    this.#storageUrl = storageUrlOf(session.projectUrl);
    this.#stallMs = stallMs;
  }

  /** The address that an answer names, kept to the project: the token goes nowhere else. */
  resolve(location: string): string {
    const base = new URL(this.#storageUrl);
    const url = new URL(location, base);
    return `${base.origin}${url.pathname}${url.search}`;
  }

  /**
   * @throws ServerFault when trying again may help, or the session has ended.
   * @throws StorageRefusal when the server refuses and `accept` does not name the status.
   */
  async send(request: StorageRequest): Promise<StorageAnswer> {
    const token = await this.#session.accessToken(request.signal);
    const first = await this.#attempt(request, token);
    if (!("refusal" in first)) return first;
    if (!mayBeAboutToken(request.method, first.refusal)) return this.#refuse(request, first);
    const fresh = await this.#session.accessToken(request.signal, token);
    const second = await this.#attempt(request, fresh);
    if (!("refusal" in second)) return second;
    if (isAboutToken(second.refusal)) {
      const { status, message } = second.refusal;
      throw new ServerFault("unauthorised", message, { status });
    }
    return this.#refuse(request, second);
  }

  #refuse(request: StorageRequest, answer: StorageAnswer & { refusal: Refusal }): StorageAnswer {
    const { status, message } = answer.refusal;
    if (request.accept?.includes(status) === true) return { ...answer, status, message };
    if (isWorthAnotherTry(status)) {
      const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
      const retry = Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {};
      throw new ServerFault("busy", message, { status, ...retry });
    }
    throw new StorageRefusal(status, message);
  }

  async #attempt(
    request: StorageRequest,
    token: string,
  ): Promise<StorageAnswer | (StorageAnswer & { refusal: Refusal })> {
    const { method, body, onSent, signal } = request;
    const guard = stallGuard(signal, this.#stallMs);
    const fail = (cause: unknown): never => {
      guard.end();
      signal.throwIfAborted();
      throw new ServerFault("unreachable", reasonOf(cause), { cause });
    };
    const url = request.url.startsWith("/") ? `${this.#storageUrl}${request.url}` : request.url;
    const sent = (bytes: number) => {
      guard.touch();
      onSent?.(bytes);
    };
    const response = await this.#fetch(url, {
      method,
      headers: {
        ...request.headers,
        apikey: this.#session.anonKey,
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-length": String(body.length) }),
      },
      ...(body === undefined ? {} : { body: inSlices(body, sent), duplex: "half" }),
      // A redirect could lead the token elsewhere.
      redirect: "error",
      signal: guard.signal,
    }).catch(fail);
    guard.touch();

    async function* bytes(): AsyncGenerator<Uint8Array> {
      try {
        for await (const part of response.body ?? []) {
          guard.touch();
          yield part;
        }
      } catch (error) {
        fail(error);
      } finally {
        guard.end();
      }
    }
    const text = async () => {
      const parts: Uint8Array[] = [];
      for await (const part of bytes()) parts.push(part);
      return Buffer.concat(parts).toString("utf8");
    };
    const { status, headers } = response;
    const answer = {
      status,
      headers,
      message: "",
      bytes,
      json: async () => JSON.parse(await text()) as unknown,
    };
    if (response.ok) {
      if (response.body === null || method === "HEAD") guard.end();
      return answer;
    }
    return { ...answer, refusal: readRefusal(status, await text()) };
  }
}

/** Hosted projects have a host for storage alone, which takes large files better. */
export function storageUrlOf(projectUrl: string): string {
  const url = new URL(projectUrl);
  const hosted = /^([a-z0-9-]+)\.supabase\.(co|in)$/.exec(url.hostname);
  const origin =
    hosted === null ? url.origin : `https://${hosted[1]}.storage.supabase.${hosted[2]}`;
  return `${origin}/storage/v1`;
}

/** So that it is known how many of a chunk's bytes have left, and not only when all have. */
function inSlices(body: Uint8Array, onSent: (bytes: number) => void): ReadableStream {
  let at = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (at >= body.length) return controller.close();
        const slice = body.subarray(at, at + SLICE_BYTES);
        at += slice.length;
        controller.enqueue(slice);
        onSent(slice.length);
      },
    },
    { highWaterMark: 0 },
  );
}

function reasonOf(thrown: unknown): string {
  const error = thrown as { message?: string; cause?: { code?: string; message?: string } };
  return error.cause?.code ?? error.cause?.message ?? error.message ?? "no answer";
}
