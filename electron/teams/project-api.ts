import type { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import { ServerFault } from "../sync/team-server.ts";
import type { TeamSession } from "../sync/team-session.ts";
import { type ApiRefusal, failureOf } from "./project-api-failure.ts";

const TIMEOUT_MS = 30_000;

export interface ProjectApiOptions {
  session: TeamSession;
  fetch: typeof fetch;
  /** Ends whatever is under way. */
  signal: AbortSignal;
}

/**
 * Asks a project's tables and functions as the signed-in user, for a person who waits: failures are
 * AppErrors in words, and nothing is tried again but a token that has run out.
 */
export class ProjectApi {
  readonly userId: string;
  readonly #options: ProjectApiOptions;

  constructor(options: ProjectApiOptions) {
    this.#options = options;
    this.userId = options.session.userId;
  }

  call<T>(name: string, values: object, reply: z.ZodType<T>): Promise<T> {
    return this.#ask(`rpc/${name}`, { method: "POST", body: JSON.stringify(values) }, reply);
  }

  /** At most 1000 rows. */
  select<T>(table: string, query: Record<string, string>, rows: z.ZodType<T>): Promise<T> {
    return this.#ask(`${table}?${new URLSearchParams(query).toString()}`, { method: "GET" }, rows);
  }

  async #ask<T>(path: string, init: RequestInit, schema: z.ZodType<T>): Promise<T> {
    const { session } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const token = await session.accessToken(signal);
      let response = await this.#send(path, init, token, signal);
      if (response.status === 401) {
        await response.body?.cancel();
        response = await this.#send(path, init, await session.accessToken(signal, token), signal);
      }
      const text = await response.text();
      if (!response.ok) throw failureOf(response.status, refusalOf(text));
      return schema.parse(text === "" ? null : JSON.parse(text));
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw inWords(error, session.projectUrl);
    }
  }

  #send(path: string, init: RequestInit, token: string, signal: AbortSignal): Promise<Response> {
    const { session, fetch } = this.#options;
    return fetch(`${session.projectUrl}/rest/v1/${path}`, {
      ...init,
      headers: {
        apikey: session.anonKey,
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
      },
      signal,
    });
  }
}

function refusalOf(text: string): ApiRefusal {
  try {
    const { code, message } = JSON.parse(text) as { code?: unknown; message?: unknown };
    return {
      code: typeof code === "string" ? code : "",
      message: typeof message === "string" ? message : "",
    };
  } catch {
    return { code: "", message: "" };
  }
}

function inWords(error: unknown, url: string): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof ServerFault && error.kind === "unauthorised") {
    return new AppError("forbidden", "The session has ended. Sign in again.", { cause: error });
  }
  return new AppError(
    "unavailable",
    `${url} does not answer as it should. Check the network and try again.`,
    { cause: error },
  );
}
