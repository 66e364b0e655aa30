import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DatabaseSync } from "node:sqlite";
import { JobBench } from "../../electron/jobs/fixtures/job-bench.ts";
import type { NewPoint } from "../../electron/jobs/metrics-record.ts";
import { MetricsStore } from "../../electron/jobs/metrics-store.ts";
import type { BenchResult } from "./bench.ts";
import { median } from "./metrics/median.ts";
import {
  EVALUATE_EVERY,
  figuresOf,
  validationLossOf,
  writeStepLines,
} from "./metrics/step-lines.ts";

const LIVE_STEPS = 1_000_000;
const HISTORY_STEPS = 10_000_000;
const PIXELS = 2000;
const ROUNDS = 3;
const SEED_ROUNDS = 15;

/**
 * How fast a run's events get into the store: from the lines in `events.jsonl` to committed points,
 * by the very follower that the app has, when it finds a run that has gone on without it. Measured
 * against SQLite's own rate for the same points, as one row each in one transaction on the same
 * disk. And how long it takes to read a window of a long history.
 *
 *   --steps N    of the run that is followed; one million unless told
 *   --history N  points of the curve that is looked at; ten million unless told
 */
export async function run(options: string[]): Promise<BenchResult> {
  const steps = numberOption(options, "--steps", LIVE_STEPS);
  const history = numberOption(options, "--history", HISTORY_STEPS);
  const rates: number[] = [];
  const peers: number[] = [];
  let blocking = { p99: 0, longest: 0 };
  let windows = {};
  let fileBytes = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    console.error(`Round ${round} of ${ROUNDS}`);
    const bench = await JobBench.open({ timings: {} });
    try {
      peers.push(insertRows(join(bench.homePath, "peer.db"), steps));
      const followed = await follow(bench, steps);
      rates.push(followed.rate);
      blocking = longer(blocking, followed.blocking);
      fileBytes = followed.fileBytes;
      if (round === ROUNDS) windows = await readWindows(bench, followed.id, steps, history);
    } finally {
      await bench.close();
    }
  }
  const figure = Math.max(...rates);
  const peerFigure = Math.max(...peers);
  return {
    name: "metrics",
    unit: "points/s",
    figure: Math.round(figure),
    peer: "SQLite inserting the same points as rows, prepared, in one transaction",
    peerFigure: Math.round(peerFigure),
    ratio: Number((figure / peerFigure).toFixed(3)),
    details: {
      steps,
      fileBytes,
      pointsPerSecond: rates.map(Math.round),
      peerPointsPerSecond: peers.map(Math.round),
      eventLoopBlockedMs: blocking,
      ...windows,
    },
  };
}

async function follow(bench: JobBench, steps: number) {
  const job = await bench.create();
  await bench.runners.next();
  await bench.closeApp();
  const path = join(job.runPath, "events.jsonl");
  const fileBytes = writeStepLines(path, job.id, steps);
  flush(path);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const beganMs = performance.now();
  bench.openApp({ timings: {} });
  await bench.jobs.caughtUp();
  const seconds = (performance.now() - beganMs) / 1000;
  delay.disable();
  const { totalPoints } = await bench.jobs.requests["jobs.metrics"](
    { id: job.id, pixels: PIXELS },
    "local",
  );
  if (totalPoints !== steps) throw new Error(`${totalPoints} of ${steps} points are in the store.`);
  const blocking = { p99: ms(delay.percentile(99) / 1e6), longest: ms(delay.max / 1e6) };
  return { id: job.id, rate: steps / seconds, blocking, fileBytes };
}

/** The curve is first made long by the store's own means, then looked at as the window does. */
async function readWindows(bench: JobBench, id: string, steps: number, history: number) {
  console.error(`A history of ${history} points`);
  const metrics = new MetricsStore(bench.store);
  for (let from = steps; from < history; from += 5000) {
    metrics.save(id, pointsOf(from + 1, Math.min(history, from + 5000)));
  }
  const whole: number[] = [];
  const parts: number[] = [];
  let points = 0;
  const read = async (fromStep: number, toStep: number): Promise<number> => {
    const beganMs = performance.now();
    const window = await bench.jobs.requests["jobs.metrics"](
      { id, fromStep, toStep, pixels: PIXELS },
      "local",
    );
    const tookMs = performance.now() - beganMs;
    points = Math.max(points, window.points.length);
    return tookMs;
  };
  await read(0, history);
  for (let round = 0; round < SEED_ROUNDS; round++) {
    whole.push(await read(0, history));
    // From a whole run to a twentieth of a per mille, each somewhere else.
    const length = Math.round(history / 1.9 ** round);
    const from = Math.round(((history - length) * ((round * 7) % SEED_ROUNDS)) / SEED_ROUNDS);
    parts.push(await read(from, from + length));
  }
  return {
    window: {
      historyPoints: history,
      pixels: PIXELS,
      mostPointsAnswered: points,
      wholeMs: { median: ms(median(whole)), longest: ms(Math.max(...whole)) },
      partMs: { median: ms(median(parts)), longest: ms(Math.max(...parts)) },
      storeBytes: statSync(join(bench.homePath, "bench.db")).size,
    },
  };
}

function pointsOf(from: number, to: number): NewPoint[] {
  const points: NewPoint[] = [];
  for (let step = from; step <= to; step++) {
    const recordedAtMs = 1_790_000_000_000 + step * 100;
    const figures = figuresOf(step);
    points.push({ kind: "step", step, ...figures, recordedAtMs });
    if (step % EVALUATE_EVERY !== 0) continue;
    const { epoch } = figures;
    points.push({ kind: "evaluation", step, epoch, loss: validationLossOf(step), recordedAtMs });
  }
  return points;
}

/** Rows per second, with the points at hand: nothing is read, parsed or checked. */
function insertRows(path: string, steps: number): number {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE points (job_id INTEGER, step INTEGER, epoch REAL, training_loss REAL,
      validation_loss REAL, learning_rate REAL, gradient_norm REAL, tokens REAL,
      tokens_per_second REAL, step_ms REAL, memory_mb REAL, recorded_at REAL,
      PRIMARY KEY (job_id, step)) STRICT, WITHOUT ROWID`);
  const insert = database.prepare("INSERT INTO points VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  let insertMs = 0;
  const timed = (work: () => void) => {
    const beganMs = performance.now();
    work();
    insertMs += performance.now() - beganMs;
  };
  timed(() => database.exec("BEGIN"));
  for (let from = 0; from < steps; from += 5000) {
    const points = pointsOf(from + 1, Math.min(steps, from + 5000));
    timed(() => {
      for (const at of points) {
        if (at.kind === "evaluation") continue;
        const { step, epoch, loss, learningRate, gradientNorm, tokens, tokensPerSecond } = at;
        const { stepMs, memoryMb, recordedAtMs } = at;
        const rate = tokensPerSecond;
        const values = [learningRate, gradientNorm, tokens, rate, stepMs, memoryMb, recordedAtMs];
        insert.run(step, epoch, loss, null, ...values);
      }
    });
  }
  timed(() => database.exec("COMMIT"));
  database.close();
  rmSync(path);
  return steps / (insertMs / 1000);
}

/** Written out, so that the disk is not busy with it while the store is measured. */
function flush(path: string): void {
  const file = openSync(path, "a");
  writeSync(file, "");
  fsyncSync(file);
  closeSync(file);
}

function longer<T extends { p99: number; longest: number }>(a: T, b: T): T {
  return a.longest > b.longest ? a : b;
}

function numberOption(options: string[], name: string, otherwise: number): number {
  const at = options.indexOf(name);
  return at === -1 ? otherwise : Number(options[at + 1]);
}

function ms(value: number): number {
  return Number(value.toFixed(2));
}
