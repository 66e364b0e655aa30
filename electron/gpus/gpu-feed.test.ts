import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GpuFeed } from "./gpu-feed.ts";
import { EVERY_FIELD } from "./gpu-fields.ts";
import type { LoopEnd } from "./nvidia-smi-loop.ts";
import { type GpuQueryAnswer, parseGpuQuery } from "./query-gpus.ts";

const INTERVAL_MS = 2000;
const LINE =
  "0, GPU-0, 00000000:00:00.0, NVIDIA L4, 550.54, 23034, 1, 0, 30, 60, 72.00, 1, 210, 6251, 0x0000000000000001, Disabled";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A loop of which the test decides what it prints, whether it can be stopped, and how it ends. */
class FakeLoop {
  readonly args: readonly string[];
  readonly print: (line: string) => void;
  readonly #end = Promise.withResolvers<LoopEnd>();
  readonly ended = this.#end.promise;
  isStopped = false;
  isStubborn = false;

  constructor(args: readonly string[], print: (line: string) => void) {
    this.args = args;
    this.print = print;
  }

  stop(): void {
    this.isStopped = true;
    if (!this.isStubborn) this.exit(null);
  }

  exit(exitCode: number | null, text = ""): void {
    this.#end.resolve({ kind: "exited", exitCode, text });
  }
}

const sound = (): GpuQueryAnswer => {
  const query = parseGpuQuery(LINE, EVERY_FIELD);
  if (query === null) throw new Error("No GPU in the line");
  return { kind: "answered", ...query };
};

function openBench() {
  const loops: FakeLoop[] = [];
  const answers: GpuQueryAnswer[] = [];
  const asked: number[] = [];
  const bench = { loops, answers, asked, next: sound, isStubborn: false };
  const feed = new GpuFeed({
    question: {
      fields: () => EVERY_FIELD,
      ask: () => {
        asked.push(Date.now());
        return Promise.resolve(bench.next());
      },
    },
    startLoop(args, onLine) {
      const loop = new FakeLoop(args, onLine);
      loop.isStubborn = bench.isStubborn;
      loops.push(loop);
      return loop;
    },
    intervalMs: INTERVAL_MS,
    onAnswer: (answer) => answers.push(answer),
    log: () => undefined,
  });
  const lastLoop = (): FakeLoop => {
    const loop = loops.at(-1);
    if (loop === undefined) throw new Error("No loop was started");
    return loop;
  };
  return Object.assign(bench, { feed, lastLoop });
}

const settle = () => vi.advanceTimersByTimeAsync(0);

test("one question, then one loop that goes on for as long as it samples", async () => {
  const { feed, loops, answers, asked, lastLoop } = openBench();
  feed.start();
  await settle();
  expect(lastLoop().args.slice(1)).toEqual(["--format=csv,noheader,nounits", "-lms", "2000"]);
  for (let turn = 0; turn < 100; turn += 1) {
    lastLoop().print(LINE);
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  }
  expect([asked.length, loops.length, answers.length]).toEqual([1, 1, 101]);
  await feed.stop();
  expect(lastLoop().isStopped).toBe(true);
});

test("a loop that falls silent is ended after ten seconds and started anew, later each time", async () => {
  const { feed, loops, answers, lastLoop } = openBench();
  feed.start();
  await settle();
  lastLoop().print(LINE);
  await vi.advanceTimersByTimeAsync(9999);
  expect(lastLoop().isStopped).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(loops[0]?.isStopped).toBe(true);
  expect(answers.at(-1)).toEqual({ kind: "hung", timeoutMs: 10_000 });

  const waits: number[] = [];
  for (let restart = 1; restart < 9; restart += 1) {
    const endedAt = Date.now();
    while (loops.length === restart) await vi.advanceTimersByTimeAsync(500);
    waits.push(Date.now() - endedAt);
    lastLoop().print(LINE);
    await settle();
    lastLoop().exit(1);
    await settle();
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

test("a loop that was sound for a while is restarted soon, whatever came before", async () => {
  const { feed, loops, lastLoop } = openBench();
  feed.start();
  for (const waitMs of [0, 1000, 2000]) {
    await vi.advanceTimersByTimeAsync(waitMs);
    lastLoop().print(LINE);
    lastLoop().exit(1);
  }
  await vi.advanceTimersByTimeAsync(4000);
  expect(loops).toHaveLength(4);
  for (let turn = 0; turn < 5; turn += 1) lastLoop().print(LINE);
  lastLoop().exit(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(loops).toHaveLength(5);
});

test("while a silent loop cannot be ended, no other is started and nothing is asked", async () => {
  const bench = openBench();
  bench.isStubborn = true;
  bench.feed.start();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(bench.feed.isStuck).toBe(true);
  expect([bench.asked.length, bench.loops.length]).toEqual([1, 1]);
  bench.isStubborn = false;
  bench.lastLoop().exit(null);
  await vi.advanceTimersByTimeAsync(1000);
  expect(bench.feed.isStuck).toBe(false);
  expect(bench.loops).toHaveLength(2);
});

test("a driver that fails is asked with pauses, and a loop starts when it answers again", async () => {
  const bench = openBench();
  bench.next = () => ({ kind: "failed", exitCode: 9, text: "not loaded" });
  bench.feed.start();
  await vi.advanceTimersByTimeAsync(7000);
  expect(bench.answers.map(({ kind }) => kind)).toEqual(["failed", "failed", "failed", "failed"]);
  bench.next = sound;
  await vi.advanceTimersByTimeAsync(8000);
  expect(bench.loops).toHaveLength(1);
});

test("an nvidia-smi that does not know the option is asked once per sample", async () => {
  const { feed, loops, asked, answers, lastLoop } = openBench();
  feed.start();
  await settle();
  lastLoop().exit(2, 'Option "-lms" is not recognized.');
  await vi.advanceTimersByTimeAsync(10 * INTERVAL_MS);
  expect(loops).toHaveLength(1);
  expect(asked.length).toBeGreaterThan(10);
  expect(answers.every(({ kind }) => kind === "answered")).toBe(true);
});

test("loops that never print a sample give way to single questions", async () => {
  const { feed, loops, asked } = openBench();
  feed.start();
  await vi.advanceTimersByTimeAsync(40_000);
  const { length } = asked;
  await vi.advanceTimersByTimeAsync(10 * INTERVAL_MS);
  expect(loops).toHaveLength(3);
  expect(asked.length).toBeGreaterThanOrEqual(length + 9);
});

test("stopped and started in a breath, the second loop waits for the first to be gone", async () => {
  const bench = openBench();
  bench.isStubborn = true;
  bench.feed.start();
  await settle();
  const stopped = bench.feed.stop();
  bench.feed.start();
  await settle();
  expect(bench.loops).toHaveLength(1);
  bench.lastLoop().exit(null);
  await stopped;
  await settle();
  expect(bench.loops).toHaveLength(2);
});

test("after stop nothing is asked, started or told", async () => {
  const { feed, loops, asked, answers, lastLoop } = openBench();
  feed.start();
  await settle();
  await feed.stop();
  lastLoop().print(LINE);
  await vi.advanceTimersByTimeAsync(600_000);
  expect([asked.length, loops.length, answers.length]).toEqual([1, 1, 1]);
});
