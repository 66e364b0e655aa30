import { describe, expect, it } from "vitest";
import type { Job, StopMode } from "../../shared/contract/jobs.ts";
import { stopWays } from "./stop-ways.ts";

const modes = (job: Partial<Job>): readonly StopMode[] =>
  stopWays(job as Job).map(({ mode }) => mode);
const stopping = (mode: StopMode): Partial<Job> => ({
  status: "stopping",
  stop: { mode, graceSeconds: null },
});

describe("stopWays", () => {
  it("offers the end of the epoch only where one is under way", () => {
    expect(modes({ status: "running" })).toEqual(["checkpoint", "after_epoch", "discard"]);
    expect(modes({ status: "preparing" })).toEqual(["checkpoint", "discard"]);
  });

  it("only hurries a stop that is under way", () => {
    expect(modes(stopping("after_epoch"))).toEqual(["checkpoint", "discard"]);
    expect(modes(stopping("checkpoint"))).toEqual(["discard"]);
    expect(modes(stopping("discard"))).toEqual([]);
  });

  it("has nothing to stop where nothing runs", () => {
    expect(modes({ status: "queued" })).toEqual([]);
    expect(modes({ status: "completed" })).toEqual([]);
  });
});
