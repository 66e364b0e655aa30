import { AppError } from "../../shared/app-error.ts";

const TIMEOUT_MS = 15_000;

export interface ProbeReply {
  status: number;
  /** PostgreSQL's, PostgREST's or the storage server's code, and its words. */
  code: string;
  message: string;
  body: unknown;
}

/** Asks a project with a publishable key, the way the app would without anyone signed in. */
export class ProjectProbe {
  readonly #url: string;
  readonly #key: string;
  readonly #fetch: typeof fetch;

  constructor(url: string, key: string, fetchImplementation: typeof fetch) {
    this.#url = url;
    this.#key = key;
    this.#fetch = fetchImplementation;
  }

  /** @throws AppError `unavailable` when there is no answer at all. */
  async ask(
    path: string,
    options: { method?: string; contentType?: string; body?: string } = {},
  ): Promise<ProbeReply> {
    const { method = "GET", contentType = "application/json", body } = options;
    // Newer keys are no tokens and must not be sent as one.
    const isToken = this.#key.startsWith("eyJ");
    let response: Response;
    try {
      response = await this.#fetch(`${this.#url}${path}`, {
        method,
        headers: {
          apikey: this.#key,
          ...(isToken ? { authorization: `Bearer ${this.#key}` } : {}),
          ...(body === undefined ? {} : { "content-type": contentType }),
        },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return replyOf(response.status, await response.text());
    } catch (cause) {
      throw new AppError(
        "unavailable",
        `${this.#url} does not answer: ${reasonOf(cause)}. Check the address, the network, and in the dashboard that the project is not paused.`,
        { cause },
      );
    }
  }
}

function replyOf(status: number, text: string): ProbeReply {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const said = firstText(fields["message"], fields["msg"], fields["error"]);
  const code = firstText(fields["code"], fields["error"]);
  return { status, code: code ?? "", message: said ?? text.slice(0, 200), body };
}

function firstText(...values: unknown[]): string | undefined {
  return values.find((value) => typeof value === "string");
}

function reasonOf(cause: unknown): string {
  const error = cause as { name?: string; cause?: { code?: string }; message?: string };
  if (error.name === "TimeoutError") return `nothing came within ${TIMEOUT_MS / 1000} s`;
  if (error.cause?.code === "ENOTFOUND") return "there is no such host";
  if (error.cause?.code === "ECONNREFUSED") return "nothing listens there";
  return error.cause?.code ?? error.message ?? "unknown reason";
}
