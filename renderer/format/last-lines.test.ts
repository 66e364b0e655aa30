import { describe, expect, it } from "vitest";
import { lastLinesOf } from "./last-lines.ts";

describe("lastLinesOf", () => {
  it("reads them from a failure's details", () => {
    expect(lastLinesOf({ lastLines: ["one", 2, "three"] })).toBe("one\nthree");
    expect(lastLinesOf({ lastLines: [] })).toBeNull();
    expect(lastLinesOf({ lastLines: "one" })).toBeNull();
    expect(lastLinesOf(undefined)).toBeNull();
  });
});
