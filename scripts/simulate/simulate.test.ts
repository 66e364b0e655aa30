import { expect, test } from "vitest";
import { simulate } from "./simulate.ts";

/* What `npm run simulate` does at length, in short. */
/** Schedules that once found a fault: restores, in the main, with answers that came late. */
const TELLING_SEEDS = [280, 700_172, 700_840, 9_000_577, 438_288_432];

test("nothing is lost, doubled or different in 150 schedules", { timeout: 300_000 }, async () => {
  const wrong: unknown[] = [];
  const seeds = [...Array.from({ length: 145 }, (_, at) => at + 1), ...TELLING_SEEDS];
  for (const seed of seeds) {
    const { problems, schedule } = await simulate(seed);
    if (problems.length > 0) wrong.push({ seed, schedule, problems });
  }
  expect(wrong).toEqual([]);
});

test("a schedule is the same whenever it is run", async () => {
  const first = await simulate(7, { isFullTrace: true });
  expect((await simulate(7, { isFullTrace: true })).trace).toBe(first.trace);
  expect((await simulate(8, { isFullTrace: true })).trace).not.toBe(first.trace);
});
