import * as fc from "fast-check";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import { KeepLocal } from "../sync/keep-local.ts";
import { PretendedStorage } from "./fixtures/pretended-storage.ts";
import { openTransferDesk, type TransferDesk } from "./fixtures/transfer-desk.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const userId = "00000000-0000-4000-8000-000000000001";
const session = {
  projectUrl: "http://project.example",
  anonKey: "key",
  userId,
  accessToken: () => Promise.resolve("token"),
};

let folder = "";
let template = "";
let datasetId = "";

/** Nothing that rests goes on by itself: only who is woken tries again. */
const asleep = (_ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));

function open(homePath: string, storage: PretendedStorage, days = 0): TransferDesk {
  return openTransferDesk({
    homePath,
    session,
    fetch: storage.fetch,
    sleep: asleep,
    now: () => new Date(Date.now() + days * DAY_MS),
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lora-desk-take-back-"));
  template = join(folder, "template");
  mkdirSync(template);
  const rows = join(folder, "rows.jsonl");
  writeFileSync(rows, `${JSON.stringify({ prompt: "a", completion: "b" })}\n`);
  const desk = open(template, new PretendedStorage());
  datasetId = (await desk.importFile(rows, false)).id;
  await desk.close();
});
afterAll(() => {
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

const steps = [
  "keep",
  "release",
  "push",
  "delete",
  "restore",
  "ask",
  "off",
  "on",
  "restart",
] as const;
const step = fc.record({
  what: fc.constantFrom(...steps),
  ticks: fc.oneof(fc.nat({ max: 12 }), fc.constant(300)),
});

type Steps = { what: (typeof steps)[number]; ticks: number }[];
/** Met before, or seldom by chance. */
const HARD_CASES: [boolean, Steps][] = [
  [true, inOrder("delete", "keep")],
  [true, inOrder("off", "keep", "release", "on", "push")],
  [true, inOrder("push", "off", "delete", "restart", "restore", "on")],
];

function inOrder(...all: (typeof steps)[number][]): Steps {
  return all.map((what) => ({ what, ticks: 300 }));
}

function tolerate(work: () => unknown): Promise<unknown> {
  return Promise.resolve()
    .then(work)
    .catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    });
}

/** What a person and sync may do, in any order; some of it is refused. */
async function take(what: (typeof steps)[number], desk: TransferDesk, storage: PretendedStorage) {
  const { store, library, transfers } = desk;
  const id = datasetId;
  const keep = (isKept: boolean) => new KeepLocal(store).set("datasets", id, isKept);
  const place = { table: "datasets", rowId: id } as const;
  if (what === "keep" || what === "release") await tolerate(() => keep(what === "keep"));
  if (what === "push") store.prepare("DELETE FROM sync_outbox").run();
  if (what === "delete") await tolerate(() => library.requests["datasets.delete"]({ id }, "local"));
  if (what === "restore") {
    await tolerate(() => library.requests["datasets.restore"]({ id }, "local"));
  }
  // Not waited for: what comes next meets it under way.
  if (what === "ask") void tolerate(() => transfers.requests["transfers.upload"](place, "local"));
  if (what === "off") storage.isOff = true;
  if (what === "on") storage.isOff = false;
  transfers.look();
}

/** Whether bucket, row and records are as they should be once nothing stands in the way. */
function isSettled({ store }: TransferDesk, { objects }: PretendedStorage): boolean {
  const row = store.prepare("SELECT storage_path, deleted_at FROM datasets").get();
  const states = store.prepare("SELECT state FROM transfers").all();
  const isKept = store.prepare("SELECT 1 FROM sync_kept_local").get() !== undefined;
  const path = row?.["storage_path"];
  if (isKept) return objects.size === 0 && states.length === 0 && path === null;
  if (row?.["deleted_at"] !== null) return objects.size === 0 && states.length === 0;
  return (
    objects.size === 1 &&
    objects.has(`lora-datasets/${String(path)}`) &&
    states.length === 1 &&
    states[0]?.["state"] === "done"
  );
}

test("whatever is kept, released, deleted and restored, the bucket ends as the rows are", async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 10 }), async (isStored, more) => {
      runs += 1;
      const homePath = join(folder, `run-${runs}`);
      cpSync(template, homePath, { recursive: true });
      const storage = new PretendedStorage();
      let desk = open(homePath, storage);
      desk.transfers.start();
      try {
        if (isStored) {
          const place = { table: "datasets", rowId: datasetId } as const;
          const begun = await desk.transfers.requests["transfers.upload"](place, "local");
          await desk.untilDone(begun.map(({ id }) => id));
        }
        for (const { what, ticks } of more) {
          if (what === "restart") {
            await desk.close();
            desk = open(homePath, storage);
            desk.transfers.start();
          } else await take(what, desk, storage);
          for (let tick = 0; tick < ticks; tick += 1) await new Promise(setImmediate);
        }
        await desk.close();
        // The network is back, the project has heard of all, and a month has gone by.
        storage.isOff = false;
        desk = open(homePath, storage, 31);
        desk.store.prepare("DELETE FROM sync_outbox").run();
        desk.transfers.start();
        await desk.until(() => isSettled(desk, storage));
      } finally {
        await desk.close();
      }
    }),
    { numRuns: 100, timeout: 5000, examples: HARD_CASES },
  );
}, 60_000);
