import { afterAll, beforeAll, expect, test } from "vitest";
import { simulate } from "../simulate.ts";
import { openRealProject, type RealProject } from "./real-project.ts";

/* The schedules that the model goes through, in short, against the real thing: with restores, cut connections and crashes. */
let project: RealProject;

beforeAll(async () => {
  project = await openRealProject();
});
afterAll(() => project?.close());

test.each([19, 31, 43, 45])("nothing is lost, doubled or different (seed %i)", async (seed) => {
  const { problems, rows } = await simulate(seed, { project });
  expect(problems).toEqual([]);
  expect(rows).toBeGreaterThan(0);
});
