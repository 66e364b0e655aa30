import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wordChanges } from "./word-changes.ts";

describe("changes by words", () => {
  it("tells what is new and what is gone", () => {
    expect(wordChanges("two hours are long", "two hours are 120 minutes")).toEqual([
      { kind: "same", text: "two hours are " },
      { kind: "gone", text: "long" },
      { kind: "new", text: "120 minutes" },
    ]);
    expect(wordChanges("same", "same")).toEqual([{ kind: "same", text: "same" }]);
    expect(wordChanges("", "new")).toEqual([{ kind: "new", text: "new" }]);
  });

  it("holds both texts whole", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", " ", "\n"), { maxLength: 14 })
      .map((words) => words.join(" "));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = wordChanges(before, after);
        const without = (kind: string) =>
          parts
            .filter((one) => one.kind !== kind)
            .map((one) => one.text)
            .join("");
        expect(without("new")).toBe(before);
        expect(without("gone")).toBe(after);
      }),
    );
  });

  it("tells texts with little in common apart as wholes", () => {
    expect(wordChanges("one two three four", "five six seven four")).toEqual([
      { kind: "gone", text: "one two three four" },
      { kind: "new", text: "five six seven four" },
    ]);
  });

  it("gives up on texts too long to compare", () => {
    const long = "word ".repeat(2_000);
    expect(wordChanges(long, `${long}end`).map(({ kind }) => kind)).toEqual(["gone", "new"]);
  });
});
