import { z } from "zod";
import { syncTableSchema } from "../../shared/contract/sync.ts";
import { inColumns } from "./metrics-columns.ts";
import { ServerFault, type TeamServer } from "./team-server.ts";
import type { TeamSession } from "./team-session.ts";

export interface SupabaseTeamServerOptions {
  session: TeamSession;
  fetch: typeof fetch;
  /** Also aborts when an answer takes longer. */
  withTimeout?: (signal: AbortSignal, ms: number) => AbortSignal;
  now: () => Date;
}

const ANSWER_MS = 60_000;
/** 128 kbit/s: a line that carries this much is slow and not dead. */
const LEAST_BYTES_PER_SECOND = 16_000;
const BUSY = new Set([408, 409, 425, 429]);
/** What is said of them holds for every request: too many of them, no room, shutting down. */
const OF_ALL = new Set([429, 503]);
/** PostgreSQL's read-only transactions (a full project is read-only), lack of resources, operators. */
const OF_ALL_STATES = /^(25006|53...|57P..)$/;
/** No connection came about. */
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ENETDOWN|UND_ERR_CONNECT_TIMEOUT)$/;

const values = z.record(z.string(), z.unknown());
const answersSchema = z.array(
  z.discriminatedUnion("outcome", [
    z.object({
      op_id: z.string(),
      outcome: z.literal("applied"),
      version: z.number().exactOptional(),
      overwrote: values.exactOptional(),
    }),
    z.object({
      op_id: z.string(),
      outcome: z.literal("duplicate"),
      version: z.number().exactOptional(),
    }),
    z.object({
      op_id: z.string(),
      outcome: z.literal("rejected"),
      reason: z.string(),
      message: z.string(),
      sqlstate: z.string().exactOptional(),
    }),
  ]),
);
const metricsAnswersSchema = z.array(
  z.discriminatedUnion("outcome", [
    z.object({ job_id: z.string(), outcome: z.literal("applied"), points: z.number() }),
    z.object({
      job_id: z.string(),
      outcome: z.literal("rejected"),
      reason: z.string(),
      message: z.string(),
    }),
  ]),
);
const pageSchema = z.object({
  epoch: z.string(),
  cursor: z.string().nullable(),
  changes: z.array(
    z.object({
      version: z.number(),
      op_id: z.string().nullable(),
      table: syncTableSchema,
      row_id: z.string(),
      action: z.enum(["insert", "update", "delete"]),
      columns: z.array(z.string()),
      previous: values.nullable(),
      row: values.nullable(),
    }),
  ),
  has_more: z.boolean(),
  needs_resync: z.boolean(),
});

/** The project's three sync functions, over its REST API. */
export function createSupabaseTeamServer(options: SupabaseTeamServerOptions): TeamServer {
  return {
    pushChanges: (changes, signal) =>
      call(options, "push_changes", { changes }, answersSchema, signal),
    pushMetrics: (points, signal) =>
      call(options, "push_metrics", { points: inColumns(points) }, metricsAnswersSchema, signal),
    pullChanges: (since, pageSize, signal) =>
      call(options, "pull_changes", { since, page_size: pageSize }, pageSchema, signal),
  };
}

async function call<T>(
  options: SupabaseTeamServerOptions,
  name: string,
  params: object,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<T> {
  const { session } = options;
  const body = JSON.stringify(params);
  const token = await session.accessToken(signal);
  let reply = await post(options, name, body, token, signal);
  if (reply.status === 401) {
    const fresh = await session.accessToken(signal, token);
    reply = await post(options, name, body, fresh, signal);
  }
  if (reply.status < 200 || reply.status > 299) throw faultOf(reply, options.now());
  const parsed = schema.safeParse(parseJson(reply.text));
  if (!parsed.success) {
    throw new ServerFault("unreachable", "the answer is torn or not the project's", {
      status: reply.status,
    });
  }
  return parsed.data;
}

interface Reply {
  status: number;
  text: string;
  retryAfter: string | null;
}

async function post(
  { session, fetch, withTimeout = defaultTimeout }: SupabaseTeamServerOptions,
  name: string,
  body: string,
  token: string,
  signal: AbortSignal,
): Promise<Reply> {
  try {
    const response = await fetch(`${session.projectUrl}/rest/v1/rpc/${name}`, {
      method: "POST",
      headers: {
        apikey: session.anonKey,
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept: "application/json",
      },
      body,
      redirect: "error",
      signal: withTimeout(signal, timeoutMs(Buffer.byteLength(body))),
    });
    const text = await response.text();
    return { status: response.status, text, retryAfter: response.headers.get("retry-after") };
  } catch (error) {
    const reason = reasonOf(error);
    const isOfAll = NOT_CONNECTED.test(reason);
    throw new ServerFault("unreachable", reason, { isOfAll, cause: error });
  }
}

function faultOf({ status, text, retryAfter }: Reply, now: Date): ServerFault {
  const said = messageOf(text);
  if (status === 401) return new ServerFault("unauthorised", said ?? "401", { status });
  const isOfAll = OF_ALL.has(status) || OF_ALL_STATES.test(sqlStateOf(text) ?? "");
  if (BUSY.has(status) || status >= 500 || isOfAll) {
    const retryAfterMs = retryAfterMsOf(retryAfter, now);
    return new ServerFault("busy", `it answered ${status}`, {
      status,
      isOfAll,
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    });
  }
  return new ServerFault("refused", said ?? `it answered ${status}`, { status });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What PostgREST says of an error; its details may quote values, so they are left out. */
function messageOf(text: string): string | null {
  const parsed = z.object({ message: z.string() }).safeParse(parseJson(text));
  return parsed.success ? parsed.data.message.slice(0, 300) : null;
}

function sqlStateOf(text: string): string | null {
  const parsed = z.object({ code: z.string() }).safeParse(parseJson(text));
  return parsed.success ? parsed.data.code : null;
}

/** Seconds, or a date by the server's clock. */
function retryAfterMsOf(text: string | null, now: Date): number | null {
  if (text === null) return null;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now.getTime();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** The system's own word for it (ECONNREFUSED…), which fetch hides in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  if (error instanceof Error && error.name === "TimeoutError") return "no answer in time";
  return "no connection";
}

/** For a request of so many bytes: a minute for the answer, and what a slow line needs for them. */
export function timeoutMs(bytes: number): number {
  return ANSWER_MS + Math.ceil((bytes / LEAST_BYTES_PER_SECOND) * 1000);
}

function defaultTimeout(signal: AbortSignal, ms: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)]);
}
