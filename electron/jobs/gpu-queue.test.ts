import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import {
  CPU_LEASE,
  type DeviceBlock,
  leasesOf,
  planQueue,
  type QueuedJob,
  type QueueSurroundings,
} from "./gpu-queue.ts";

const NOW = new Date("2026-01-01T12:00:00.000Z");
const cpu: RunDevice = { kind: "cpu" };
const cuda = (...uuids: string[]): RunDevice => ({ kind: "cuda", uuids });

function job(
  id: string,
  device: RunDevice,
  rank: number,
  over: Partial<QueuedJob> = {},
): QueuedJob {
  return {
    id,
    name: `Run ${id}`,
    device,
    queueRank: rank,
    queuedAt: "2026-01-01T00:00:00.000Z",
    hasPriority: false,
    priority: "normal",
    mayShareGpu: false,
    runPath: `/runs/${id}`,
    notBefore: null,
    delayCause: null,
    after: null,
    ...over,
  };
}

const labelOf = (lease: string) => (lease === CPU_LEASE ? lease : `the card ${lease}`);

function plan(queued: readonly QueuedJob[], over: Partial<QueueSurroundings> = {}) {
  return planQueue(queued, { now: NOW, active: [], blocks: [], halt: null, labelOf, ...over });
}

function block(lease: string, over: Partial<DeviceBlock> = {}): DeviceBlock {
  return { lease, reason: `Somebody is on ${lease}.`, isShareable: true, runPath: null, ...over };
}

describe("planQueue", () => {
  it("starts in turn and says what the others wait for", () => {
    const { start, waiting } = plan([job("b", cpu, 2), job("a", cpu, 1)]);
    expect(start).toEqual(["a"]);
    expect(waiting.get("b")).toBe("“Run a” is running on the CPU.");
  });

  it("keeps devices for a waiting job on several GPUs and lets others start", () => {
    const { start, waiting } = plan(
      [job("wide", cuda("GPU-a", "GPU-b"), 1), job("narrow", cuda("GPU-b"), 2), job("c", cpu, 3)],
      { active: [job("busy", cuda("GPU-a"), 0)] },
    );
    expect(start).toEqual(["c"]);
    expect(waiting.get("narrow")).toBe("“Run wide” is before it in the queue for the card GPU-b.");
  });

  it("goes by interruption, then priority, then the order by hand", () => {
    const queued = [
      job("low", cuda("GPU-a"), 0, { priority: "low" }),
      job("second", cuda("GPU-a"), 2),
      job("first", cuda("GPU-a"), 1),
      job("high", cuda("GPU-a"), 9, { priority: "high" }),
      job("interrupted", cuda("GPU-a"), 8, { priority: "low", hasPriority: true }),
    ];
    const order: string[] = [];
    for (let rest = queued; rest.length > 0;) {
      const [next = ""] = plan(rest).start;
      order.push(next);
      rest = rest.filter(({ id }) => id !== next);
    }
    expect(order).toEqual(["interrupted", "high", "first", "second", "low"]);
  });

  it("waits for a time, but not for longer because the clock was set back", () => {
    const over = { notBefore: "2026-01-01T12:00:30.000Z", delayCause: "It failed." };
    const queuedAt = "2026-01-01T12:00:00.000Z";
    const later = plan([job("later", cpu, 1, { ...over, queuedAt })]);
    expect(later.waiting.get("later")).toMatch("It failed. It is tried again at");
    const now = new Date("2026-01-01T03:00:00.000Z");
    expect(plan([job("later", cpu, 1, { ...over, queuedAt })], { now }).start).toEqual(["later"]);
  });

  it("lets two runs share a GPU only where both allow it, and the CPU never", () => {
    const sharing = { mayShareGpu: true };
    const onGpu = [job("a", cuda("GPU-a"), 1, sharing), job("b", cuda("GPU-a"), 2, sharing)];
    expect(plan(onGpu).start).toEqual(["a", "b"]);
    expect(plan([...onGpu, job("c", cuda("GPU-a"), 3)]).start).toEqual(["a", "b"]);
    expect(plan([job("c", cuda("GPU-a"), 0), ...onGpu]).start).toEqual(["c"]);
    expect(plan([job("a", cpu, 1, sharing), job("b", cpu, 2, sharing)]).start).toEqual(["a"]);
  });

  it("keeps a device until the last process of an ended run has left, but not from that run", () => {
    const active = [{ ...job("old", cuda("GPU-a"), 0), isLeaving: true }];
    const { start, waiting } = plan([job("next", cuda("GPU-a"), 1)], { active });
    expect(start).toEqual([]);
    expect(waiting.get("next")).toBe("The last processes of “Run old” are leaving the card GPU-a.");
    expect(plan([job("old", cuda("GPU-a"), 1)], { active }).start).toEqual(["old"]);
  });

  it("waits for a time, a job or a foreign program without keeping devices from others", () => {
    const later = new Date(NOW.getTime() + 60_000).toISOString();
    const others = [
      job("time", cuda("GPU-a"), 1, { notBefore: later, delayCause: "It was killed." }),
      job("job", cuda("GPU-a"), 2, { after: { name: "First", status: "running" } }),
      job("foreign", cuda("GPU-a", "GPU-b"), 3),
    ];
    const next = job("next", cuda("GPU-a"), 4);
    const { start, waiting } = plan([...others, next], { blocks: [block("GPU-b")] });
    expect(start).toEqual(["next"]);
    expect(waiting.get("time")).toMatch(/^It was killed\. It is tried again at \d\d:\d\d:\d\d\.$/);
    expect(waiting.get("job")).toBe("It begins when “First” is completed.");
    expect(waiting.get("foreign")).toBe("Somebody is on GPU-b.");
    const due = job("time", cuda("GPU-a"), 1, { notBefore: NOW.toISOString() });
    expect(plan([due]).start).toEqual(["time"]);
  });

  it("leaves it to the user when the run before has not come to a good end", () => {
    const told = (["failed", "stopped", "gone"] as const).map((status) => {
      const { start, waiting } = plan([job("b", cpu, 1, { after: { name: "A", status } })]);
      expect(start).toEqual([]);
      return waiting.get("b");
    });
    expect(told[0]).toContain("“A”, which it was to follow, failed.");
    expect(told[1]).toContain("was stopped");
    expect(told[2]).toContain("was deleted");
    const done = job("b", cpu, 1, { after: { name: "A", status: "completed" } });
    expect(plan([done]).start).toEqual(["b"]);
  });

  it("lets a job that may share pass where a foreign program is, unless that shares nothing", () => {
    const sharing = job("a", cuda("GPU-a"), 1, { mayShareGpu: true });
    expect(plan([sharing], { blocks: [block("GPU-a")] }).start).toEqual(["a"]);
    const alone = block("GPU-a", { isShareable: false });
    expect(plan([sharing], { blocks: [alone] }).start).toEqual([]);
    const itsOwn = block("GPU-a", { isShareable: false, runPath: "/runs/a" });
    expect(plan([sharing], { blocks: [itsOwn] }).start).toEqual(["a"]);
  });

  it("starts nothing while it is halted", () => {
    const { start, waiting } = plan([job("a", cpu, 1)], { halt: "The queue is paused." });
    expect(start).toEqual([]);
    expect(waiting.get("a")).toBe("The queue is paused.");
  });

  const device = fc.oneof(
    fc.constant(cpu),
    fc
      .uniqueArray(fc.constantFrom("GPU-a", "GPU-b", "GPU-c"), { minLength: 1 })
      .map((uuids) => cuda(...uuids)),
  );
  const jobs = fc
    .array(
      fc.record({
        device,
        rank: fc.nat(9),
        hasPriority: fc.boolean(),
        priority: fc.constantFrom("low" as const, "normal" as const, "high" as const),
        mayShareGpu: fc.boolean(),
      }),
      { maxLength: 12 },
    )
    .map((list) => list.map(({ device: on, rank, ...over }, i) => job(`${i}`, on, rank, over)));

  it("never leases a device twice unless all share it, forgets no job, and never idles", () => {
    fc.assert(
      fc.property(jobs, (all) => {
        const { start, waiting } = plan(all);
        const holders = new Map<string, QueuedJob[]>();
        for (const id of start) {
          const one = all.find((candidate) => candidate.id === id);
          for (const lease of leasesOf(one?.device ?? cpu)) {
            holders.set(lease, [...(holders.get(lease) ?? []), ...(one ? [one] : [])]);
          }
        }
        for (const [lease, on] of holders) {
          const isShared = lease !== "the CPU" && on.every(({ mayShareGpu }) => mayShareGpu);
          expect(on.length === 1 || isShared).toBe(true);
        }
        expect(start.length + waiting.size).toBe(all.length);
        expect(start.length > 0).toBe(all.length > 0);
      }),
    );
  });
});
