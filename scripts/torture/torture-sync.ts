import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { migrationPaths } from "../foundation/scratch-database.ts";
import { openStack } from "../supabase-stack/open-stack.ts";
import { connect, signUpUser } from "../supabase-stack/sign-up-user.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { SyncDesk } from "./sync-desk.ts";
import { emptySyncVerdict, judgeDeath, judgeEnd, type SyncVerdict } from "./sync-verdict.ts";
import { SyncWork } from "./sync-work.ts";

export interface SyncTorture {
  kills: number;
  random: SeededRandom;
  /** An empty folder of the caller's. */
  folder: string;
  say: (message: string) => void;
}

export interface SyncTortureResult extends SyncVerdict {
  kills: number;
  rows: number;
  points: number;
  files: number;
  /** Deaths with something on its way: else nothing was put to the test. */
  killedAtWork: number;
}

const CREDENTIALS = { email: "owner@example.org", password: "a long password" };
const LATEST_MS = [10, 60, 250] as const;

/** Kills the core while it syncs with a real project, again and again, and compares in the end. */
export async function tortureSync(torture: SyncTorture): Promise<SyncTortureResult> {
  const { kills, random, folder, say } = torture;
  const stack = await openStack({ migrations: migrationPaths() });
  const database = new Client(stack.dbUrl);
  await database.connect();
  const verdict = emptySyncVerdict();
  const desk = new SyncDesk(join(folder, "desk"));
  let killedAtWork = 0;
  let files = 0;
  try {
    const { id: userId } = await signUpUser(stack, CREDENTIALS.email);
    await desk.signIn(stack, CREDENTIALS);
    const { workstation } = await (await desk.client()).request("app.info", {});
    const work = new SyncWork(desk, random, workstation);
    for (let kill = 1; kill <= kills; kill++) {
      if (kill % 4 === 1) {
        await work.importDataset();
        files += 1;
      }
      work.writeRows(userId);
      await (await desk.client()).request("sync.now", {});
      await delay(random.upTo(random.pick(LATEST_MS)));
      await desk.kill();
      const store = desk.openStore();
      try {
        await judgeDeath(verdict, store, database);
        if (hasWork(store)) killedAtWork += 1;
      } finally {
        store.close();
      }
      desk.restart();
      if (kill % 10 === 0 || kills < 20) say(`${kill} of ${kills} killed`);
    }
    say("Waiting until nothing waits");
    await desk.waitForQuiet();
    await desk.close();
    const store = desk.openStore();
    try {
      await judgeEnd(verdict, store, database, connect(stack, stack.serviceRoleKey));
    } finally {
      store.close();
    }
    const sizes = await database.query<{ rows: number; points: number }>(
      `select (select count(*) from public.sync_changes)::int as rows,
         (select count(*) from public.metrics_points)::int as points`,
    );
    const { rows, points } = sizes.rows[0] ?? { rows: 0, points: 0 };
    return { kills, rows, points, files, killedAtWork, ...verdict };
  } finally {
    await desk.end();
    await database.end();
    await stack.close();
  }
}

function hasWork(store: ReturnType<SyncDesk["openStore"]>): boolean {
  const sql = "SELECT 1 FROM sync_outbox UNION ALL SELECT 1 FROM sync_metrics LIMIT 1";
  return store.prepare(sql).get() !== undefined;
}
