import { describe, expect, it } from "vitest";
import { hyperparametersSchema } from "../../shared/contract/hyperparameters.ts";
import type { Gpu } from "../../shared/contract/gpus.ts";
import { jobAccountingSchema } from "../../shared/contract/job-facts.ts";
import { type Job } from "../../shared/contract/jobs.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { jobsOnCpu, jobsOnGpu } from "./jobs-on-gpu.ts";

const AT = "2026-01-01T00:00:00.000Z";

function job(name: string, device: Job["device"], isRunning = true): Job {
  const common = {
    id: name,
    name,
    dataset: { id: "d", name: "rows" },
    baseModel: { name: "tiny", path: "/models/tiny" },
    presetId: "balanced" as const,
    hyperparameters: hyperparametersSchema.parse(HYPERPARAMETER_PRESETS.balanced),
    device,
    workstation: "desk",
    attempt: 1,
    progress: { step: 0, totalSteps: 10, epoch: 0 },
    plan: null,
    dryRun: null,
    best: null,
    health: null,
    accounting: jobAccountingSchema.parse({}),
    runPath: `/runs/${name}`,
    createdAt: AT,
    updatedAt: AT,
  };
  return isRunning
    ? { ...common, status: "running", startedAt: AT, phase: "training" }
    : { ...common, status: "queued", queuedAt: AT, waitingFor: null, notBefore: null };
}

function gpu(uuid: string | null): Gpu {
  return {
    index: 0,
    uuid,
    name: "GPU",
    memoryTotalMb: null,
    memoryUsedMb: null,
    utilizationPercent: null,
    temperatureC: null,
    powerW: null,
    powerLimitW: null,
    isMigEnabled: false,
  };
}

const both = job("both", { kind: "cuda", uuids: ["GPU-a", "GPU-b"] });
const one = job("one", { kind: "cuda", uuids: ["GPU-b"] });
const waiting = job("waiting", { kind: "cuda", uuids: ["GPU-b"] }, false);
const onCpu = job("cpu", { kind: "cpu" });
const jobs = [both, one, waiting, onCpu];

describe("jobs on a device", () => {
  it("finds the runs that hold a GPU, not those that wait for it", () => {
    expect(jobsOnGpu(jobs, gpu("GPU-a"))).toEqual([both]);
    expect(jobsOnGpu(jobs, gpu("GPU-b"))).toEqual([both, one]);
    expect(jobsOnGpu(jobs, gpu("GPU-c"))).toEqual([]);
  });

  it("claims nothing of a GPU without a UUID", () => {
    expect(jobsOnGpu(jobs, gpu(null))).toEqual([]);
  });

  it("finds the runs on the CPU", () => {
    expect(jobsOnCpu(jobs)).toEqual([onCpu]);
  });
});
