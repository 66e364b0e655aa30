import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunEvent, RunEventOf } from "../../shared/contract/run-folder.ts";
import { timelineEntryOf } from "./timeline-entry.ts";

type Fields<E> = E extends RunEvent ? Omit<E, "v" | "seq" | "ts" | "run" | "attempt"> : never;

function messageOf(fields: Fields<RunEvent>): string | undefined {
  const base = { v: 1, seq: 1, ts: 0, run: "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d10", attempt: 1 };
  return timelineEntryOf({ ...base, ...fields } as RunEvent)?.message;
}

const dryRun: Fields<RunEventOf<"dry_run">> = {
  type: "dry_run",
  rows: 4,
  longest_tokens: 2048,
  step_ms: 3100,
  memory_mb: 9421,
  memory_limit_mb: 24_576,
  seconds_left: 620,
};

test.each([
  [{}, "Longest batch: 2,048 tokens × 4 rows, 3.1 s a step, 9.2 of 24.0 GB."],
  [
    { rows: 1, memory_limit_mb: null, step_ms: 48.2 },
    "Longest batch: 2,048 tokens × 1 row, 0.048 s a step, 9.2 GB.",
  ],
  [
    { step_ms: 75_400, memory_limit_mb: 143_771 },
    "Longest batch: 2,048 tokens × 4 rows, 75 s a step, 9.2 of 140 GB.",
  ],
])("the dry run in one line: %j", (changes, line) => {
  expect(messageOf({ ...dryRun, ...changes })).toBe(line);
});

const done: Fields<RunEventOf<"done">> = {
  type: "done",
  reason: "completed",
  step: 8,
  seconds: 1,
  first_loss: 1,
  last_loss: 0.5,
  tokens_per_second: 1,
  adapter: null,
};

test.each([
  [{}, "Training completed at step 8."],
  [{ adapter_step: 8 }, "Training completed at step 8."],
  [{ adapter_step: 4 }, "Training completed at step 8. The adapter has the weights of step 4."],
  [
    { is_stopped_early: true, best: null },
    "Training ended early at step 8: the validation loss no longer fell.",
  ],
  [{ reason: "stopped" as const }, "Training stopped at step 8, with a checkpoint."],
])("the end in words: %j", (changes, line) => {
  expect(messageOf({ ...done, ...changes })).toBe(line);
});

test("a sample is one short line of whole characters, whatever the prompt", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (prompt) => {
      const message = messageOf({ type: "sample", step: 1, prompt, text: "x".repeat(9999) });
      expect(message?.length).toBeLessThan(75);
      expect(message).not.toContain("\n");
      expect(message?.isWellFormed()).toBe(true);
    }),
  );
});
