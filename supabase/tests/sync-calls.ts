import { randomUUID } from "node:crypto";
import type { SupabaseClient } from "@supabase/supabase-js";
import type { Client } from "pg";

/** What a workstation's outbox holds. */
export interface Operation {
  op_id: string;
  table: string;
  row_id: string;
  action: "insert" | "update" | "delete";
  values?: Record<string, unknown>;
  base_version?: number;
  workstation?: string;
}

export interface Answer {
  op_id: string;
  outcome: "applied" | "duplicate" | "rejected";
  reason?: string;
  message?: string;
  sqlstate?: string;
  version?: number;
  overwrote?: Record<string, unknown>;
}

export interface Page {
  epoch: string;
  cursor: string | null;
  changes: {
    version: number;
    op_id: string | null;
    table: string;
    row_id: string;
    action: string;
    columns: string[];
    previous: Record<string, unknown> | null;
    row: Record<string, unknown> | null;
  }[];
  has_more: boolean;
  needs_resync: boolean;
}

export function operation(
  action: Operation["action"],
  table: string,
  row: { id: string } & Record<string, unknown>,
  more: Partial<Operation> = {},
): Operation {
  const { id, ...values } = row;
  return { op_id: randomUUID(), table, row_id: id, action, values, ...more };
}

export async function push(client: SupabaseClient, ...changes: Operation[]): Promise<Answer[]> {
  const { data, error } = await client.rpc("push_changes", { changes });
  if (error !== null) throw error;
  return data;
}

export async function pull(
  client: SupabaseClient,
  since: string | null = null,
  pageSize = 500,
): Promise<Page> {
  const { data, error } = await client.rpc("pull_changes", { since, page_size: pageSize });
  if (error !== null) throw error;
  return data;
}

/** Everything since a cursor, page by page, and the cursor at the end. */
export async function pullAll(client: SupabaseClient, since: string | null = null, pageSize = 500) {
  const changes: Page["changes"] = [];
  let cursor = since;
  for (;;) {
    const page = await pull(client, cursor, pageSize);
    changes.push(...page.changes);
    cursor = page.cursor;
    if (!page.has_more) return { changes, cursor, epoch: page.epoch };
  }
}

/** Begins a transaction as a signed-in user, as the API does; the caller commits. */
export async function beginAs(database: Client, userId: string): Promise<void> {
  const claims = JSON.stringify({ sub: userId, role: "authenticated" });
  await database.query("begin");
  await database.query("select set_config('request.jwt.claims', $1, true)", [claims]);
  await database.query("set local role authenticated");
}
