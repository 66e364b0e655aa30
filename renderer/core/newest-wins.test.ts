import { describe, expect, it } from "vitest";
import { withFreshList, withItem } from "./newest-wins.ts";

function item(id: string, created: number, updated: number) {
  return { id, createdAt: iso(created), updatedAt: iso(updated) };
}

function iso(second: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
}

describe("withItem", () => {
  it("adds a new item in its place, newest first", () => {
    const items = withItem([item("c", 3, 3), item("a", 1, 1)], item("b", 2, 2));
    expect(items.map(({ id }) => id)).toEqual(["c", "b", "a"]);
  });

  it("takes the later version and ignores an earlier one", () => {
    const items = [item("a", 1, 5)];
    expect(withItem(items, item("a", 1, 7))[0]?.updatedAt).toBe(iso(7));
    expect(withItem(items, item("a", 1, 4))).toBe(items);
  });
});

describe("withFreshList", () => {
  it("drops what the core no longer has and keeps what an event brought later", () => {
    const items = withFreshList(
      [item("a", 1, 9), item("gone", 2, 2)],
      [item("a", 1, 5), item("b", 3, 3)],
    );
    expect(items.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(items[1]?.updatedAt).toBe(iso(9));
  });
});
