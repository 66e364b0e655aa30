import { afterEach, expect, it } from "vitest";
import type { SyncStatus } from "../../shared/contract/sync.ts";
import { stepPoint } from "../jobs/fixtures/metrics-bench.ts";
import { openSyncBench, type SyncBench } from "./fixtures/open-sync-bench.ts";
import { addDataset, addJob, set } from "./fixtures/sync-bench.ts";
import { TinyProject } from "./fixtures/tiny-project.ts";
import { type CurvePoint, type Operation, ServerFault } from "./team-server.ts";

/** A project whose line or statements carry so much and no more. */
class SlowProject {
  readonly project = new TinyProject();
  readonly points = new Set<number>();
  readonly sizes: number[] = [];
  readonly asked: Operation[] = [];
  mostOperations = Number.POSITIVE_INFINITY;
  mostPoints = Number.POSITIVE_INFINITY;
  fault = new ServerFault("busy", "it answered 500", { status: 500 });
  isBad = (_rowId: string) => false;
  isBadStep = (_step: number) => false;
  answersNothing = false;

  pushChanges = (operations: readonly Operation[]) => {
    this.sizes.push(operations.length);
    this.asked.push(...operations);
    const isTooMuch =
      operations.length > this.mostOperations ||
      operations.some(({ row_id: rowId }) => this.isBad(rowId));
    if (this.answersNothing || isTooMuch) return Promise.reject(this.fault);
    return Promise.resolve(this.project.apply(operations));
  };

  pushMetrics = (points: readonly CurvePoint[]) => {
    const isTooMuch =
      points.length > this.mostPoints || points.some(({ step }) => this.isBadStep(step));
    if (this.answersNothing || isTooMuch) return Promise.reject(this.fault);
    for (const { step } of points) this.points.add(step);
    const [first] = points;
    if (first === undefined) return Promise.resolve([]);
    const outcome = "applied" as const;
    return Promise.resolve([{ job_id: first.job_id, outcome, points: points.length }]);
  };

  pullChanges = () =>
    Promise.resolve({
      epoch: "1",
      cursor: "1",
      changes: [],
      has_more: false,
      needs_resync: false,
    });
}

let slow: SlowProject;
let bench: SyncBench;
afterEach(() => bench.close());

function begin(): void {
  slow = new SlowProject();
  bench = openSyncBench({ server: slow });
}

async function rounds(most: number, isDone: (status: SyncStatus) => boolean): Promise<number> {
  for (let round = 1; round <= most; round += 1) {
    if (isDone(await bench.round())) return round;
  }
  return Number.POSITIVE_INFINITY;
}

const isThrough = ({ counts }: SyncStatus) => counts.waiting + counts.waitingPoints === 0;

it("brings everything through a project that carries a tenth of a batch at a time", async () => {
  begin();
  bench.store.transaction(() => {
    for (let each = 0; each < 600; each += 1) addDataset(bench.store);
  });
  slow.mostOperations = 50;
  expect(await rounds(20, isThrough)).toBeLessThan(20);
  expect(slow.project.rows.size).toBe(600);
  expect(slow.sizes.slice(0, 5)).toEqual([500, 250, 125, 62, 31]);
});

it("brings a long curve through a project that carries three blocks at a time", async () => {
  begin();
  const job = addJob(bench.store, addDataset(bench.store));
  const curve = Array.from({ length: 20_000 }, (_, step) => stepPoint(step, 1));
  bench.metrics.save(job, curve);
  slow.mostPoints = 3 * 128;
  expect(await rounds(40, isThrough)).toBeLessThan(40);
  expect(slow.points.size).toBe(20_000);
});

it("sets aside what fails alone three times while the project answers, and sends the rest", async () => {
  begin();
  const ids = Array.from({ length: 40 }, () => addDataset(bench.store));
  slow.isBad = (rowId) => rowId === ids[7];
  const bad = ({ counts }: SyncStatus) => counts.attention === 1 && counts.waiting === 0;
  // Pressing "Sync now" would send it again, so the rounds come by themselves.
  await bench.round();
  for (let each = 0; each < 20 && !bad(bench.sync.status()); each += 1) await bench.nextRound();
  expect(bench.sync.status().counts).toMatchObject({ attention: 1, waiting: 0 });
  const [change] = await bench.sync.requests["sync.quarantine"]({}, "local");
  expect(change).toMatchObject({ rowId: ids[7], reason: "unanswered" });
  expect(change?.message).toContain("it answered 500, 3 times");
  expect(slow.project.rows.size).toBe(39);

  slow.isBad = () => false;
  expect((await bench.round()).counts).toMatchObject({ attention: 0, waiting: 0 });
  expect(slow.project.rows.size).toBe(40);
});

it("sends what was set aside as it was, for it may have been done, and what came later after it", async () => {
  begin();
  const id = addDataset(bench.store);
  slow.isBad = (rowId) => rowId === id;
  await bench.round();
  for (let each = 0; each < 20 && bench.sync.status().counts.attention === 0; each += 1) {
    await bench.nextRound();
  }
  const [asked] = slow.asked;
  set(bench.store, "datasets", id, "name", "Late");

  slow.isBad = () => false;
  slow.asked.length = 0;
  expect((await bench.round()).counts).toMatchObject({ attention: 0, waiting: 0 });
  const [first, second, ...others] = slow.asked;
  expect(first).toEqual(asked);
  expect(second).toMatchObject({ action: "update", values: { name: "Late" } });
  expect(others).toEqual([]);
});

it("sets aside a block that fails alone, and sends the rest of the curve", async () => {
  begin();
  const job = addJob(bench.store, addDataset(bench.store));
  const curve = Array.from({ length: 10 * 128 }, (_, step) => stepPoint(step, 1));
  bench.metrics.save(job, curve);
  slow.isBadStep = (step) => step === 300;
  const isDone = () => bench.sync.status().counts.waitingPoints === 128;
  await bench.round();
  for (let each = 0; each < 20 && !isDone(); each += 1) await bench.nextRound();
  expect(slow.points.size).toBe(9 * 128);
  await bench.nextRound();
  const { lastError } = bench.sync.status();
  expect(lastError?.message).toMatch(/128 points of the curve of “First run”.*3 times/);
});

it.each([
  ["no network", new ServerFault("unreachable", "ECONNREFUSED", { isOfAll: true })],
  ["too many requests", new ServerFault("busy", "it answered 429", { isOfAll: true })],
  ["a line that fails at everything", new ServerFault("unreachable", "no answer in time")],
])("sets nothing aside for %s", async (_, fault) => {
  begin();
  addJob(bench.store, addDataset(bench.store));
  slow.fault = fault;
  slow.answersNothing = true;
  await bench.round();
  for (let each = 0; each < 12; each += 1) await bench.nextRound();
  expect(bench.sync.status()).toMatchObject({
    state: "waiting",
    counts: { attention: 0, waiting: 2 },
  });
  slow.answersNothing = false;
  expect((await bench.round()).counts).toMatchObject({ waiting: 0 });
});

it("does not split what is refused for all alike, and goes on whole after it", async () => {
  begin();
  for (let each = 0; each < 9; each += 1) addDataset(bench.store);
  slow.fault = new ServerFault("busy", "it answered 429", { isOfAll: true });
  slow.answersNothing = true;
  for (let each = 0; each < 4; each += 1) await bench.round();
  slow.answersNothing = false;
  await bench.round();
  expect(slow.sizes).toEqual([9, 9, 9, 9, 9]);
});

it("counts failures in a row anew when something got through between them", async () => {
  begin();
  for (let each = 0; each < 64; each += 1) addDataset(bench.store);
  slow.mostOperations = 20;
  const waits: number[] = [];
  for (let each = 0; each < 12; each += 1) {
    const { state, nextTryAt } = await bench.round();
    if (state === "waiting") waits.push(Date.parse(nextTryAt ?? ""));
  }
  const base = Date.parse("2026-03-02T00:00:00.000Z");
  // 64, then 32: two in a row. After that each failure follows on a success.
  expect(waits.length).toBeGreaterThan(1);
  expect(Math.max(...waits) - base).toBeLessThanOrEqual(2500);
});
