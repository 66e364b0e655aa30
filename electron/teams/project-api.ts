import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import { ServerFault } from "../sync/team-server.ts";
import type { TeamSession } from "../sync/team-session.ts";
import { type ApiRefusal, failureOf } from "./project-api-failure.ts";

const TIMEOUT_MS = 30_000;

const countSchema = z.int().nonnegative();

interface ProjectRequest {
  method: "GET" | "HEAD" | "POST";
  body?: string;
  headers?: Record<string, string>;
}

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

  /** How many rows there are, without any of them. */
  async count(table: string, query: Record<string, string>): Promise<number> {
    const path = `${table}?${new URLSearchParams({ ...query, limit: "1" }).toString()}`;
    const prefer = { prefer: "count=exact" };
    return this.#ask(path, { method: "HEAD", headers: prefer }, countSchema, (response) =>
      Promise.resolve(response.headers.get("content-range")?.split("/")[1] ?? ""),
    );
  }

  async #ask<T>(
    path: string,
    init: ProjectRequest,
    schema: z.ZodType<T>,
    read: (response: Response) => Promise<string> = (response) => response.text(),
  ): Promise<T> {
    const { session } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const token = await session.accessToken(signal);
      let response = await this.#send(path, init, token, signal);
      if (response.status === 401) {
        await response.body?.cancel();
        response = await this.#send(path, init, await session.accessToken(signal, token), signal);
      }
      if (!response.ok) throw failureOf(response.status, refusalOf(await response.text()));
      const text = await read(response);
      return schema.parse(text === "" ? null : JSON.parse(text));
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw inWords(error, session.projectUrl);
    }
  }

  #send(path: string, init: ProjectRequest, token: string, signal: AbortSignal): Promise<Response> {
    const { session, fetch } = this.#options;
    return fetch(`${session.projectUrl}/rest/v1/${path}`, {
      ...init,
      headers: {
        apikey: session.anonKey,
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        ...init.headers,
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
