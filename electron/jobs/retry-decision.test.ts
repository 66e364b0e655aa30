import { describe, expect, it, test } from "vitest";
import { meaningOfXid } from "../gpus/xid-table.ts";
import { RETRY_DELAYS_MS, retryDecision, type RetryHistory } from "./retry-decision.ts";

const fresh: RetryHistory = { retries: 3, retriesUsed: 0, faults: [] };
const errorOf = (kind: string, message = "So.") => ({ kind, message, remedy: "" });
const xid = (code: number) => ({ xid: code, ...meaningOfXid(code) });

describe("a retry", () => {
  test.each([
    ["host_out_of_memory", true],
    ["killed", true],
    ["process_lost", true],
    ["gpu_lost", true],
    ["disk_full", true],
    ["out_of_memory", false],
    ["non_finite_loss", false],
    ["no_rows", false],
    ["model_missing", false],
    ["model_unusable", false],
    ["environment", false],
    ["start_failed", false],
    ["bad_config", false],
    ["unexpected", false],
    ["trainer_failed", false],
    ["runner_error", false],
    ["adapter_missing", false],
    ["keeps_being_interrupted", false],
    ["unkillable", false],
  ])("after %s: %s", (kind, isRetried) => {
    expect(retryDecision(errorOf(kind), fresh).retry).toBe(isRetried);
  });

  test.each([
    [13, true],
    [31, true],
    [94, true],
    [48, false],
    [74, false],
    [79, false],
    [95, false],
    [119, false],
  ])("after Xid %i: %s", (code, isRetried) => {
    const history = { ...fresh, faults: [xid(code)] };
    expect(retryDecision(errorOf("gpu_lost", "CUDA error"), history).retry).toBe(isRetried);
    if (isRetried) return;
    // Whatever the trainer said of it: a card that is gone mends nothing.
    expect(retryDecision(errorOf("killed"), history).retry).toBe(false);
  });

  it("is not tried on a GPU that is gone, Xid or not", () => {
    for (const words of ["GPU is lost", "has fallen off the bus", "no CUDA-capable device"]) {
      expect(retryDecision(errorOf("gpu_lost", words), fresh).retry).toBe(false);
    }
  });

  it("waits longer each time and ends when the job's retries are spent", () => {
    const delays = Array.from({ length: 5 }, (_, retriesUsed) =>
      retryDecision(errorOf("killed"), { retries: 5, retriesUsed, faults: [] }),
    ).map((decision) => decision.retry && decision.delayMs);
    expect(delays).toEqual([30_000, 120_000, 600_000, 600_000, 600_000]);
    expect(RETRY_DELAYS_MS).toHaveLength(3);
    expect(retryDecision(errorOf("killed"), { ...fresh, retriesUsed: 3 }).retry).toBe(false);
    expect(retryDecision(errorOf("killed"), { ...fresh, retries: 0 }).retry).toBe(false);
  });
});
