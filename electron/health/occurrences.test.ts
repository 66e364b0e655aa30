import { expect, test } from "vitest";
import type { Finding } from "./finding.ts";
import { type Assessed, followOccurrences, type Occurrence } from "./occurrences.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 10, minute));
const hot = (now: number): Finding => ({
  kind: "gpu_hot",
  subject: "GPU-a",
  message: `now ${now} °C`,
  advice: "Cool it.",
});
const stalled: Finding = { kind: "stalled", subject: "", message: "no step", advice: "Look." };

/** Plays what is found at each minute. */
function play(...rounds: readonly [number, Finding[]][]): Assessed[] {
  let occurrences: ReadonlyMap<string, Occurrence> = new Map();
  return rounds.map(([minute, findings]) => {
    const assessed = followOccurrences(occurrences, findings, at(minute));
    occurrences = assessed.occurrences;
    return assessed;
  });
}
const begun = (rounds: Assessed[]) => rounds.map((each) => each.begun.map(({ kind }) => kind));

test("what lasts is told once, in the words it began with", () => {
  const rounds = play([0, [hot(88)]], [1, [hot(91)]], [2, [hot(90)]]);
  expect(begun(rounds)).toEqual([["gpu_hot"], [], []]);
  expect(rounds[2]?.health).toEqual({
    kind: "gpu_hot",
    since: at(0).toISOString(),
    message: "now 88 °C",
    advice: "Cool it.",
  });
});

test("what comes again soon goes on, what comes again later is told again", () => {
  const rounds = play([0, [stalled]], [1, []], [5, [stalled]], [6, []], [20, [stalled]]);
  expect(begun(rounds)).toEqual([["stalled"], [], [], [], ["stalled"]]);
  expect(rounds[2]?.reopened).toHaveLength(1);
  expect(rounds[2]?.health?.since).toBe(at(0).toISOString());
  expect(rounds[3]?.health).toBeNull();
  expect(rounds[4]?.health?.since).toBe(at(20).toISOString());
});

test("two GPUs are two occurrences, and the health is the first that was found", () => {
  const other = { ...hot(89), subject: "GPU-b" };
  const rounds = play([0, [hot(88), other, other]], [1, [other]]);
  expect(begun(rounds)).toEqual([["gpu_hot", "gpu_hot"], []]);
  expect(rounds[1]?.cleared.map(({ subject }) => subject)).toEqual(["GPU-a"]);
});
