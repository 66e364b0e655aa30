import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { moveBy, moved, moveOnto } from "./queue-order.ts";

const ORDER = ["a", "b", "c", "d"];

describe("moveBy", () => {
  it("moves one place up or down", () => {
    expect(moveBy(ORDER, "c", -1)).toEqual({ id: "c", beforeId: "b" });
    expect(moveBy(ORDER, "b", 1)).toEqual({ id: "b", beforeId: "d" });
    expect(moveBy(ORDER, "c", 1)).toEqual({ id: "c", beforeId: null });
  });

  it("moves nothing beyond the ends, or that is not queued", () => {
    expect(moveBy(ORDER, "a", -1)).toBeNull();
    expect(moveBy(ORDER, "d", 1)).toBeNull();
    expect(moveBy(ORDER, "x", 1)).toBeNull();
  });

  it("down and up again is where it was", () => {
    const step = fc.nat({ max: ORDER.length - 2 }).map((index) => ORDER[index] ?? "");
    fc.assert(
      fc.property(step, (id) => {
        const down = moveBy(ORDER, id, 1);
        const between = down === null ? [] : moved(ORDER, down);
        const up = moveBy(between, id, -1);
        expect(up === null ? [] : moved(between, up)).toEqual(ORDER);
      }),
    );
  });
});

describe("moveOnto", () => {
  it("puts it before the upper half and behind the lower half", () => {
    expect(moveOnto(ORDER, "d", { id: "b", isLowerHalf: false })).toEqual({
      id: "d",
      beforeId: "b",
    });
    expect(moveOnto(ORDER, "a", { id: "d", isLowerHalf: true })).toEqual({
      id: "a",
      beforeId: null,
    });
  });

  it("is no move where it lies already", () => {
    expect(moveOnto(ORDER, "b", { id: "a", isLowerHalf: true })).toBeNull();
    expect(moveOnto(ORDER, "b", { id: "b", isLowerHalf: false })).toBeNull();
    expect(moveOnto(ORDER, "b", { id: "c", isLowerHalf: false })).toBeNull();
  });
});

describe("moved", () => {
  it("keeps every job exactly once", () => {
    const id = fc.constantFrom(...ORDER);
    fc.assert(
      fc.property(id, fc.option(id), (one, beforeId) => {
        expect(moved(ORDER, { id: one, beforeId }).toSorted()).toEqual(ORDER);
      }),
    );
  });
});
