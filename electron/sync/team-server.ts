import type { SyncTable } from "../../shared/contract/sync.ts";
import type { MetricsPointRow } from "../../shared/types/team-rows.ts";

/** A point of a curve as it is sent; the project names it, by its job and step. */
export type CurvePoint = Omit<MetricsPointRow, "id">;

/** One change as push_changes takes it. `op_id` makes it happen once, however often it is sent. */
export interface Operation {
  op_id: string;
  table: SyncTable;
  row_id: string;
  action: "insert" | "update" | "delete";
  values: Record<string, unknown>;
  /** The newest entry of the feed that its author knew of the row. */
  base_version?: number;
  workstation: string;
}

export type Answer =
  | { op_id: string; outcome: "applied"; version?: number; overwrote?: Record<string, unknown> }
  | { op_id: string; outcome: "duplicate"; version?: number }
  | { op_id: string; outcome: "rejected"; reason: string; message: string; sqlstate?: string };

export type MetricsAnswer =
  | { job_id: string; outcome: "applied"; points: number }
  | { job_id: string; outcome: "rejected"; reason: string; message: string };

export interface FeedEntry {
  version: number;
  op_id: string | null;
  table: SyncTable;
  row_id: string;
  action: "insert" | "update" | "delete";
  columns: string[];
  /** Names and notes as they were before. */
  previous: Record<string, unknown> | null;
  /** As it is now; null where it is gone. */
  row: Record<string, unknown> | null;
}

export interface FeedPage {
  epoch: string;
  cursor: string | null;
  changes: FeedEntry[];
  has_more: boolean;
  needs_resync: boolean;
}

/** What sync asks of a project. Every call may fail with a `ServerFault` and nothing else. */
export interface TeamServer {
  /** At most 500, in the order in which they are to be applied; answered for each by name. */
  pushChanges(changes: readonly Operation[], signal: AbortSignal): Promise<Answer[]>;
  /** At most 5,000 points; answered per job. */
  pushMetrics(points: readonly CurvePoint[], signal: AbortSignal): Promise<MetricsAnswer[]>;
  pullChanges(since: string | null, pageSize: number, signal: AbortSignal): Promise<FeedPage>;
}

/**
 * Why a call failed, in terms that decide what is done next:
 *   unreachable   no answer, or a torn one: whether it was done is unknown
 *   busy          408, 409 (serialisation), 429, 5xx, a database that is read-only;
 *                 `retryAfterMs` where the server named a time
 *   unauthorised  401: the token is refreshed once, then sync pauses
 *   refused       anything else: trying again as it is would not help
 */
export class ServerFault extends Error {
  readonly kind: "unreachable" | "busy" | "unauthorised" | "refused";
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  /** Whether it may be for what was asked: too much at once, or one of its rows. */
  readonly isOfRequest: boolean;

  constructor(
    kind: ServerFault["kind"],
    message: string,
    more: {
      status?: number;
      retryAfterMs?: number;
      /** No connection came about, too many requests, a database that takes nothing now. */
      isOfAll?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.kind = kind;
    this.status = more.status ?? null;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.isOfRequest = (kind === "unreachable" || kind === "busy") && more.isOfAll !== true;
  }
}
