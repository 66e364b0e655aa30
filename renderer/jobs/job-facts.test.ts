import { describe, expect, it } from "vitest";
import { type MetricsPoint } from "../../shared/contract/job-records.ts";
import { jobAccountingSchema } from "../../shared/contract/job-facts.ts";
import { type Job } from "../../shared/contract/jobs.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import {
  inOrderOfInterest,
  jobCounts,
  progressShare,
  secondsSinceStart,
  validationResult,
} from "./job-facts.ts";
import { activityWords, deviceWords, shortModelName, stepWords } from "./job-words.ts";

const common = {
  name: "run",
  dataset: { id: "00000000-0000-4000-8000-000000000001", name: "rows" },
  baseModel: { name: "org/base", path: "/models/base" },
  presetId: "balanced",
  hyperparameters: HYPERPARAMETER_PRESETS.balanced,
  device: { kind: "cpu" },
  workstation: "desk",
  attempt: 1,
  progress: { step: 0, totalSteps: 0, epoch: 0 },
  plan: null,
  dryRun: null,
  best: null,
  health: null,
  accounting: jobAccountingSchema.parse({}),
  runPath: "/runs/1",
  updatedAt: "2026-03-05T12:00:00.000Z",
} as const;
const START = "2026-03-05T12:00:00.000Z";

function running(id: string, createdAt: string): Job {
  return { ...common, id, createdAt, status: "running", phase: "training", startedAt: START };
}
function queued(id: string, createdAt: string, waitingFor: string | null = null): Job {
  return {
    ...common,
    id,
    createdAt,
    status: "queued",
    queuedAt: START,
    waitingFor,
    notBefore: null,
  };
}
function stopped(id: string, createdAt: string, startedAt: string | null): Job {
  const endedAt = "2026-03-05T12:01:30.000Z";
  return { ...common, id, createdAt, status: "stopped", startedAt, endedAt };
}

describe("facts of a job", () => {
  it("puts what runs before what waits before what has ended, each newest first", () => {
    const jobs = [
      stopped("ended", "2026-03-05T13:00:00.000Z", START),
      queued("waits", "2026-03-05T12:30:00.000Z"),
      running("older", "2026-03-05T11:00:00.000Z"),
      running("newer", "2026-03-05T12:00:00.000Z"),
    ];
    expect(inOrderOfInterest(jobs).map(({ id }) => id)).toEqual([
      "newer",
      "older",
      "waits",
      "ended",
    ]);
    expect(jobCounts(jobs)).toBe("2 running, 1 queued, 4 in all");
    expect(jobCounts(jobs.slice(0, 1))).toBe("1 in all");
  });

  it("measures the time of the newest attempt", () => {
    const now = Date.parse("2026-03-05T12:10:00.000Z");
    expect(secondsSinceStart(running("a", START), now)).toBe(600);
    expect(secondsSinceStart(stopped("a", START, START), now)).toBe(90);
    expect(secondsSinceStart(stopped("a", START, null), now)).toBeNull();
    expect(secondsSinceStart(queued("a", START), now)).toBeNull();
  });

  it("does not guess how far a job is before its length is known", () => {
    expect(progressShare(running("a", START))).toBeNull();
    expect(stepWords({ step: 0, totalSteps: 0, epoch: 0 })).toBeNull();
    expect(stepWords({ step: 640, totalSteps: 1332, epoch: 1 })).toBe(
      "step 640 of 1,332 (48\u202f%)",
    );
  });

  it("finds the newest and the best validation", () => {
    const point = (step: number, validationLoss: number | null) =>
      ({ step, validationLoss }) as MetricsPoint;
    const { latest, best } = validationResult([
      point(1, null),
      point(2, 1.5),
      point(3, 1.1),
      point(4, 1.3),
      point(5, null),
    ]);
    expect([latest?.step, best?.step]).toEqual([4, 3]);
    expect(validationResult([])).toEqual({ latest: undefined, best: undefined });
  });
});

describe("words for a job", () => {
  it("says what a job waits for", () => {
    expect(activityWords(queued("a", START, "Waiting for GPU 0"))).toBe("Waiting for GPU 0");
    expect(activityWords(queued("a", START))).toBe("about to start");
    expect(activityWords(running("a", START))).toBe("training");
    expect(activityWords(stopped("a", START, null))).toBeNull();
  });

  it("names devices by their number where the machine still has them", () => {
    const gpu = { uuid: "GPU-11111111-2222", index: 3 } as Parameters<typeof deviceWords>[1][0];
    expect(deviceWords({ kind: "cpu" }, [])).toBe("CPU");
    expect(deviceWords({ kind: "cuda", uuids: ["GPU-11111111-2222"] }, [gpu])).toBe("GPU 3");
    expect(deviceWords({ kind: "cuda", uuids: ["GPU-99999999-2222"] }, [gpu])).toBe(
      "GPU GPU-99999999",
    );
  });

  it("shortens names of models to what tells them apart", () => {
    expect(shortModelName("meta-llama/Llama-3.1-8B")).toBe("Llama-3.1-8B");
    expect(shortModelName("tiny")).toBe("tiny");
  });
});
