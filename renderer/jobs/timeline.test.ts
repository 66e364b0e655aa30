import { describe, expect, it } from "vitest";
import type { TimelineEntry } from "../../shared/contract/job-records.ts";
import { mergeTimeline, timelineMarks, withBest } from "./timeline.ts";

function entry(seq: number, kind: TimelineEntry["kind"], step: number | null): TimelineEntry {
  return { seq, kind, step, attempt: 1, at: "2026-03-05T12:00:00.000Z", message: `${kind} ${seq}` };
}

describe("timeline", () => {
  it("keeps the order and takes no entry twice", () => {
    const merged = mergeTimeline(
      [entry(1, "status", null), entry(4, "checkpoint", 50)],
      [entry(4, "checkpoint", 50), entry(2, "warning", 3)],
    );
    expect(merged.map(({ seq }) => seq)).toEqual([1, 2, 4]);
  });

  it("marks checkpoints and resumptions that have a step", () => {
    const marks = timelineMarks([
      entry(1, "status", 0),
      entry(2, "checkpoint", 50),
      entry(3, "resumed", 50),
      entry(4, "checkpoint", null),
    ]);
    expect(marks).toEqual([
      { x: 50, kind: "checkpoint" },
      { x: 50, kind: "resumed" },
    ]);
  });

  it("adds the best validation, once there is one", () => {
    expect(withBest([], null)).toEqual([]);
    expect(withBest([{ x: 50, kind: "checkpoint" }], { step: 40, loss: 1.2 })).toEqual([
      { x: 50, kind: "checkpoint" },
      { x: 40, y: 1.2, kind: "best" },
    ]);
  });
});
