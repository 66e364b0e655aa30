import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { promptsIn, promptsText } from "./prompt-lines.ts";

describe("prompts on lines", () => {
  it("takes each line for a prompt, and empty lines for none", () => {
    expect(promptsIn("What is 2 + 2?\n\n  Name a colour. \r\n")).toEqual([
      "What is 2 + 2?",
      "Name a colour.",
    ]);
    expect(promptsIn("  ")).toEqual([]);
  });

  it("goes on in the next line after a backslash", () => {
    expect(promptsIn("Translate:\\\nGood day\nSecond")).toEqual(["Translate:\nGood day", "Second"]);
    expect(promptsIn("unfinished\\")).toEqual(["unfinished"]);
  });

  it("reads back what it has written", () => {
    const character = fc.constantFrom("a", " ", "\\", "\n", "é", ",");
    const prompt = fc
      .string({ unit: character, minLength: 1, maxLength: 12 })
      .map((text) => text.trim())
      .filter((text) => text !== "");
    fc.assert(
      fc.property(fc.array(prompt, { maxLength: 4 }), (prompts) => {
        expect(promptsIn(promptsText(prompts))).toEqual(prompts);
      }),
    );
  });
});
