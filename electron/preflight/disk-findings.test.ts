import { expect, test } from "vitest";
import { diskFindings } from "./assess-run.ts";

const tones = (freeBytes: number | null) =>
  diskFindings({ neededBytes: 60e6, freeBytes }, 10e6).map(({ tone }) => tone);

test("a disk on which the run would be paused at once is not called enough", () => {
  expect(tones(50e6)).toEqual(["bad"]);
  // Room for the run, and not for the reserve below which it is paused.
  expect(tones(900e6)).toEqual(["bad"]);
  expect(tones(1.05e9)).toEqual(["warning"]);
  expect(tones(5e9)).toEqual([]);
  expect(tones(null)).toEqual([]);
});
