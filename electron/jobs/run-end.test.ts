import { describe, expect, it } from "vitest";
import { jobAccountingSchema } from "../../shared/contract/job-facts.ts";
import type { RunExit } from "../../shared/contract/run-folder.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { type AttemptReport, type DoneReport, EMPTY_REPORT, type JobRecord } from "./job-record.ts";
import { decideRunEnd } from "./run-end.ts";

const AT = "2026-01-01T00:00:00.000Z";
const running = { status: "running", startedAt: AT, phase: "training" } as const;
const stopping = {
  status: "stopping",
  startedAt: AT,
  stopRequestedAt: AT,
  stop: { mode: "checkpoint", graceSeconds: null },
} as const;
const done: DoneReport = {
  reason: "completed",
  step: 20,
  seconds: 1,
  firstLoss: 1,
  lastLoss: 0.5,
  tokensPerSecond: 10,
  best: null,
  adapterStep: 20,
  adapter: { path: "adapter", files: ["adapter_config.json"] },
};
const error = { kind: "bad_config", message: "No such layer.", remedy: "Choose all-linear." };

function job(state: JobRecord["state"], report: Partial<AttemptReport> = {}): JobRecord {
  return {
    id: "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d10",
    name: "Run",
    dataset: { id: "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d11", name: "Rows" },
    baseModel: { name: "tiny", path: "/models/tiny" },
    presetId: "balanced",
    hyperparameters: HYPERPARAMETER_PRESETS.balanced,
    device: { kind: "cpu" },
    workstation: "bench",
    attempt: 1,
    progress: { step: 12, totalSteps: 20, epoch: 1 },
    plan: null,
    dryRun: null,
    best: null,
    accounting: jobAccountingSchema.parse({}),
    runPath: "/runs/1",
    createdAt: AT,
    updatedAt: AT,
    state,
    eventsOffset: 0,
    report: { ...EMPTY_REPORT, ...report },
    idleInterruptions: 0,
    queueRank: 0,
    retriesUsed: 0,
    adapterPath: null,
  };
}

function exit(cause: RunExit["cause"], signal: string | null = null): RunExit {
  const exitCode = signal === null ? 1 : null;
  return { v: 1, ts: 0, attempt: 1, exit_code: exitCode, signal, cause, message: "So." };
}

describe("decideRunEnd", () => {
  it("completes only with a result", () => {
    const end = decideRunEnd(job(running, { done }), exit("completed"));
    expect(end).toMatchObject({ kind: "completed", adapterPath: "adapter" });
    expect(decideRunEnd(job(running), exit("completed"))).toMatchObject({ kind: "failed" });
    const bare = job(running, { done: { ...done, adapter: null } });
    expect(decideRunEnd(bare, exit("completed"))).toMatchObject({ kind: "failed" });
  });

  it("tells a stop that was asked for from one that was not", () => {
    expect(decideRunEnd(job(stopping), exit("stopped")).kind).toBe("stopped");
    expect(decideRunEnd(job(running), exit("stopped")).kind).toBe("interrupted");
  });

  it("prefers the trainer's own words for a failure", () => {
    expect(decideRunEnd(job(running, { error }), exit("failed"))).toEqual({
      kind: "failed",
      error,
    });
    expect(decideRunEnd(job(running), exit("failed"))).toMatchObject({
      kind: "failed",
      error: { kind: "trainer_failed", message: expect.stringContaining("exit code 1") },
    });
    expect(decideRunEnd(job(running), exit("runner_error"))).toMatchObject({
      kind: "failed",
      error: { kind: "runner_error" },
    });
    expect(decideRunEnd(job(running, { done }), exit("runner_error")).kind).toBe("completed");
  });

  it("names a lack of memory and a kill, with a remedy for each", () => {
    for (const [cause, kind] of [
      ["out_of_memory", "host_out_of_memory"],
      ["killed", "killed"],
    ] as const) {
      const end = decideRunEnd(job(running), exit(cause, "SIGKILL"));
      expect(end).toMatchObject({ kind: "failed", error: { kind } });
      expect(end.kind === "failed" && end.error.message).toContain("after step 12");
      expect(end.kind === "failed" && end.error.remedy).not.toBe("");
    }
  });

  it("takes the signal of a shutdown for an interruption and a kill on request for a stop", () => {
    expect(decideRunEnd(job(running), exit("killed", "SIGTERM")).kind).toBe("interrupted");
    expect(decideRunEnd(job(stopping), exit("killed", "SIGKILL")).kind).toBe("stopped");
  });

  it("goes by the events when the runner left no word", () => {
    expect(decideRunEnd(job(running, { done }), null).kind).toBe("completed");
    expect(decideRunEnd(job(running, { error }), null)).toEqual({ kind: "failed", error });
    expect(decideRunEnd(job(running), null).kind).toBe("interrupted");
    expect(decideRunEnd(job(stopping), null).kind).toBe("stopped");
  });
});
