import * as fc from "fast-check";
import { expect, it } from "vitest";
import { inTurn, moveInQueue, type QueuePlace } from "./queue-order.ts";

const places = fc
  .array(
    fc.record({
      hasPriority: fc.boolean(),
      priority: fc.constantFrom("low" as const, "normal" as const, "high" as const),
      queueRank: fc.nat(4),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((list) =>
    list.map((place, index): QueuePlace => ({
      ...place,
      id: `job ${index}`,
      queuedAt: "2026-01-01T00:00:00.000Z",
    })),
  );

const orderOf = (queue: readonly QueuePlace[]) => [...queue].sort(inTurn).map(({ id }) => id);

it("puts a job where it was put, and leaves the others in their order", () => {
  fc.assert(
    fc.property(places, fc.nat(), fc.nat(), (queue, from, to) => {
      const id = queue[from % queue.length]?.id ?? "";
      const beforeId = queue[to % (queue.length + 1)]?.id ?? null;
      const moved = moveInQueue(queue, id, beforeId);
      if (moved === null) throw new Error("Both are in the queue");
      const others = orderOf(queue).filter((one) => one !== id);
      const at = beforeId === null ? others.length : others.indexOf(beforeId);
      // Sorted anew, as the queue does it: the ranks and priorities must hold it there.
      const expected = beforeId === id ? orderOf(queue) : others.toSpliced(at, 0, id);
      expect(orderOf(moved)).toEqual(expected);
    }),
  );
});

it("takes over the priority of the job that it was put before", () => {
  const place = (id: string, priority: QueuePlace["priority"]): QueuePlace => {
    return { id, priority, hasPriority: false, queueRank: 0, queuedAt: "2026-01-01T00:00:00.000Z" };
  };
  const queue = [place("a", "low"), place("b", "high")];
  expect(moveInQueue(queue, "a", "b")?.map(({ priority }) => priority)).toEqual(["high", "high"]);
  expect(moveInQueue(queue, "b", null)?.map(({ priority }) => priority)).toEqual(["low", "low"]);
});

it("knows no job that is not in the queue", () => {
  expect(moveInQueue([], "a", null)).toBeNull();
});
