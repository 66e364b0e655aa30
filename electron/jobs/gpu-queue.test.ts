import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import { planQueue, type QueuedJob } from "./gpu-queue.ts";

function job(id: string, device: RunDevice, minute: number, hasPriority = false): QueuedJob {
  const queuedAt = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  return { id, name: `Run ${id}`, device, queuedAt, hasPriority };
}
const cpu: RunDevice = { kind: "cpu" };
const cuda = (...uuids: string[]): RunDevice => ({ kind: "cuda", uuids });

const device: fc.Arbitrary<RunDevice> = fc.oneof(
  fc.constant(cpu),
  fc
    .uniqueArray(fc.constantFrom("GPU-a", "GPU-b", "GPU-c"), { minLength: 1 })
    .map((uuids) => cuda(...uuids)),
);
const jobs = fc
  .array(fc.tuple(device, fc.nat(9), fc.boolean()), { maxLength: 12 })
  .map((list) => list.map(([on, minute, first], index) => job(`${index}`, on, minute, first)));

describe("planQueue", () => {
  it("starts in the order of queueing and says what the others wait for", () => {
    const plan = planQueue([job("b", cpu, 2), job("a", cpu, 1)], []);
    expect(plan.start).toEqual(["a"]);
    expect(plan.waiting.get("b")).toBe("“Run a” is running on the CPU.");
  });

  it("keeps devices for a waiting job on several GPUs and lets others start", () => {
    const plan = planQueue(
      [job("wide", cuda("GPU-a", "GPU-b"), 1), job("narrow", cuda("GPU-b"), 2), job("c", cpu, 3)],
      [job("busy", cuda("GPU-a"), 0)],
    );
    expect(plan.start).toEqual(["c"]);
    expect(plan.waiting.get("narrow")).toBe("“Run wide” is before it in the queue for GPU-b.");
  });

  it("lets an interrupted run go on first", () => {
    expect(planQueue([job("a", cpu, 1), job("b", cpu, 5, true)], []).start).toEqual(["b"]);
  });

  it("never leases a device twice, forgets no job, and never idles", () => {
    fc.assert(
      fc.property(jobs, (all) => {
        const plan = planQueue(all, []);
        const leases = plan.start.flatMap((id) => {
          const on = all.find((one) => one.id === id)?.device ?? cpu;
          return on.kind === "cpu" ? ["cpu"] : on.uuids;
        });
        expect(new Set(leases).size).toBe(leases.length);
        expect(plan.start.length + plan.waiting.size).toBe(all.length);
        expect(plan.start.length > 0).toBe(all.length > 0);
      }),
    );
  });
});
