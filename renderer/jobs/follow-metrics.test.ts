import { describe, expect, it } from "vitest";
import type { Params } from "../../shared/contract/contract.ts";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { Loadable } from "../core/loadable.ts";
import type { ConnectionState } from "../transport/window-client.ts";
import { followMetrics } from "./follow-metrics.ts";
import type { MetricsWish } from "./follow-metrics.ts";

const ID = "00000000-0000-4000-8000-000000000001";

function point(step: number): MetricsPoint {
  return {
    step,
    epoch: 0,
    trainingLoss: 1,
    validationLoss: null,
    learningRate: 1e-4,
    gradientNorm: null,
    tokensPerSecond: null,
    memoryMb: null,
    recordedAt: "2026-03-05T12:00:00.000Z",
  };
}

type Reply = { totalPoints: number; points: MetricsPoint[] };

/** A core whose answers come when the test says so. */
class SlowCore {
  readonly asked: Params<"jobs.metrics">[] = [];
  readonly #waiting: ((reply: Reply) => void)[] = [];
  #publish: (points: MetricsPoint[]) => void = () => {};
  #connection: ConnectionState = { state: "connected" };
  #onConnection: () => void = () => {};

  readonly client = {
    request: (_method: string, params: Params<"jobs.metrics">) => {
      this.asked.push(params);
      return new Promise<Reply>((resolve) => this.#waiting.push(resolve));
    },
    subscribe: (_topic: string, listener: (data: { points: MetricsPoint[] }) => void) => {
      this.#publish = (points) => listener({ points });
      return () => {
        this.#publish = () => {};
      };
    },
    getConnection: () => this.#connection,
    onConnection: (listener: () => void) => {
      this.#onConnection = listener;
      return () => {
        this.#onConnection = () => {};
      };
    },
  } as unknown as Parameters<typeof followMetrics>[0];

  async answer(steps: readonly number[]): Promise<void> {
    this.#waiting.shift()?.({ totalPoints: steps.length, points: steps.map(point) });
    await Promise.resolve();
    await Promise.resolve();
  }

  publish(...steps: number[]): void {
    this.#publish(steps.map(point));
  }

  reconnect(): void {
    this.#connection = { state: "reconnecting", attempt: 1 };
    this.#onConnection();
    this.#connection = { state: "connected" };
    this.#onConnection();
  }
}

function follow(wish: Partial<MetricsWish> = {}) {
  const core = new SlowCore();
  const heard: Loadable<readonly MetricsPoint[]>[] = [];
  const stop = followMetrics(core.client, { id: ID, pixels: 10, range: null, ...wish }, (points) =>
    heard.push(points),
  );
  const steps = () => {
    const latest = heard.at(-1);
    return latest?.state === "ready" ? latest.value.map(({ step }) => step) : null;
  };
  return { core, stop, steps, heard };
}

describe("followMetrics", () => {
  it("keeps points that came while the window was on its way", async () => {
    const { core, steps } = follow();
    core.publish(3, 4);
    expect(steps()).toBeNull();
    await core.answer([1, 2, 3]);
    expect(steps()).toEqual([1, 2, 3, 4]);
    core.publish(5);
    expect(steps()).toEqual([1, 2, 3, 4, 5]);
  });

  it("asks for a fresh window once there are more than two points per pixel", async () => {
    const { core, steps } = follow();
    await core.answer([1, 2]);
    core.publish(...Array.from({ length: 20 }, (_, index) => index + 3));
    expect(core.asked).toHaveLength(2);
    core.publish(23);
    expect(core.asked).toHaveLength(2);
    await core.answer([1, 12, 22]);
    expect(steps()).toEqual([1, 12, 22, 23]);
  });

  it("does not ask again and again for a window that is dense in itself", async () => {
    const { core } = follow();
    await core.answer(Array.from({ length: 30 }, (_, index) => index));
    core.publish(30);
    expect(core.asked).toHaveLength(1);
  });

  it("takes only the points of its range", async () => {
    const { core, steps } = follow({ range: { from: 5, to: 8 } });
    expect(core.asked[0]).toMatchObject({ id: ID, fromStep: 5, toStep: 8 });
    await core.answer([5, 6]);
    core.publish(4, 7, 9);
    expect(steps()).toEqual([5, 6, 7]);
  });

  it("asks anew on every connection and forgets answers that were overtaken", async () => {
    const { core, steps } = follow();
    core.reconnect();
    expect(core.asked).toHaveLength(2);
    await core.answer([1]);
    expect(steps()).toBeNull();
    await core.answer([1, 2]);
    expect(steps()).toEqual([1, 2]);
  });

  it("says nothing after it was stopped", async () => {
    const { core, stop, heard } = follow();
    stop();
    await core.answer([1]);
    core.publish(2);
    expect(heard).toEqual([]);
  });
});
