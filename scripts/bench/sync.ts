import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { openStore } from "../../electron/store/open-store.ts";
import { migrationPaths } from "../foundation/scratch-database.ts";
import { openStack, type Stack } from "../supabase-stack/open-stack.ts";
import { signUpUser } from "../supabase-stack/sign-up-user.ts";
import type { BenchResult } from "./bench.ts";
import { fillStore } from "./sync/fill-store.ts";
import { pushStore } from "./sync/push-store.ts";
import { upsertRows } from "./sync/upsert-rows.ts";

/**
 * How long a workstation's first sync takes, against one supabase-js upsert per row: the same rows
 * and points, the same project on this machine's loopback address, where a request costs least.
 *
 * The peer knows its rows beforehand and has one request under way at a time; nothing is noted of
 * what it sent. Ours is all that the app does: it fills the outbox, stores every answer, reads the
 * feed back, and ends when every row and point counts as synced. Client, gateway, API and database
 * share this machine for both. The database does not wait for its disk (a stack that is thrown away
 * has fsync off): a hosted project does for each commit, so for each of the peer's requests.
 *
 *   --rows N     rows of the five tables (1,000)
 *   --points N   of curves (100,000)
 *   --sample N   how many of the points are upserted one by one; the time for the others is worked
 *                out from theirs (3,000; as many as there are points: none is worked out)
 */
export async function run(options: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args: options,
    options: {
      rows: { type: "string", default: "1000" },
      points: { type: "string", default: "100000" },
      sample: { type: "string", default: "3000" },
    },
  });
  const [rows, points, sample] = [values.rows, values.points, values.sample].map(Number) as [
    number,
    number,
    number,
  ];
  const folder = mkdtempSync(join(tmpdir(), "lora-desk-bench-sync-"));
  const stack = await openStack({ migrations: migrationPaths() });
  const store = openStore({ path: join(folder, "lora-desk.db"), log: () => undefined });
  try {
    fillStore(store, rows, points);
    const other = await signUpUser(stack, "row-by-row@example.org");
    console.error(`Upserting ${rows} rows and ${Math.min(sample, points)} points one by one`);
    const peer = await upsertRows(other.client, store, sample);
    await forget(stack, other.id);
    const session = await openSession(stack);
    console.error(`Syncing ${rows} rows and ${points} points`);
    const ms = await pushStore(store, session);
    await check(stack, rows, points);
    const peerMs = peer.rowMs + (peer.pointMs / peer.points) * points;
    return {
      name: "sync",
      unit: "s",
      figure: seconds(ms),
      peer: "one supabase-js upsert per row and point, one after the other",
      peerFigure: seconds(peerMs),
      ratio: Number((peerMs / ms).toFixed(1)),
      details: {
        rows,
        points,
        upsertedRows: peer.rows,
        upsertedPoints: peer.points,
        isExtrapolated: peer.points < points,
        msPerRowUpsert: Number((peer.rowMs / peer.rows).toFixed(2)),
        msPerPointUpsert: Number((peer.pointMs / peer.points).toFixed(2)),
      },
    };
  } finally {
    store.close();
    await stack.close();
    rmSync(folder, { recursive: true });
  }
}

async function openSession(stack: Stack) {
  const { id, accessToken } = await signUpUser(stack, "in-bulk@example.org");
  return {
    projectUrl: stack.apiUrl,
    anonKey: stack.publishableKey,
    userId: id,
    accessToken: () => Promise.resolve(accessToken),
  };
}

/** The ids are the same for both, so the one's rows make room for the other's. */
async function forget(stack: Stack, userId: string): Promise<void> {
  await query(stack, "delete from auth.users where id = $1", [userId]);
}

async function check(stack: Stack, rows: number, points: number): Promise<void> {
  const [found] = await query(
    stack,
    `select (select count(*) from datasets) + (select count(*) from training_jobs)
       + (select count(*) from model_artifacts) + (select count(*) from cost_records)
       + (select count(*) from notifications) as rows,
       (select count(*) from metrics_points) as points`,
  );
  if (Number(found?.["rows"]) === rows && Number(found?.["points"]) === points) return;
  throw new Error(`Not everything is at the project: ${JSON.stringify(found)}`);
}

async function query(stack: Stack, sql: string, given: unknown[] = []) {
  const database = new Client(stack.dbUrl);
  await database.connect();
  try {
    return (await database.query<Record<string, unknown>>(sql, given)).rows;
  } finally {
    await database.end();
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}
