import { describe, expect, it } from "vitest";
import type { JobSample } from "../../shared/contract/job-records.ts";
import { mergeSamples, samplesByPrompt } from "./samples.ts";

function sample(step: number, prompt: string, text: string): JobSample {
  return { step, prompt, text, attempt: 1, at: "2026-03-05T12:00:00.000Z" };
}

describe("samples", () => {
  it("keeps the order of steps and of prompts within one", () => {
    const merged = mergeSamples(
      [sample(10, "a", "1"), sample(10, "b", "2")],
      [sample(20, "a", "3"), sample(20, "b", "4")],
    );
    expect(merged.map(({ text }) => text)).toEqual(["1", "2", "3", "4"]);
  });

  it("takes the later word for a step that was repeated", () => {
    const merged = mergeSamples(
      [sample(10, "a", "old"), sample(20, "a", "later")],
      [sample(10, "a", "new")],
    );
    expect(merged.map(({ text }) => text)).toEqual(["new", "later"]);
  });

  it("joins equal answers, newest first", () => {
    const [first, second] = samplesByPrompt([
      sample(10, "a", "x"),
      sample(10, "b", "y"),
      sample(20, "a", "x"),
      sample(30, "a", "z"),
      sample(40, "a", "x"),
    ]);
    expect(first).toEqual({
      prompt: "a",
      stretches: [
        { fromStep: 40, toStep: 40, text: "x" },
        { fromStep: 30, toStep: 30, text: "z" },
        { fromStep: 10, toStep: 20, text: "x" },
      ],
    });
    expect(second?.prompt).toBe("b");
  });
});
