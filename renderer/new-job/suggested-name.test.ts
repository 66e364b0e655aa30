import { describe, expect, it } from "vitest";
import { suggestedName } from "./suggested-name.ts";

describe("the name of a job", () => {
  it("is suggested so that it is not taken", () => {
    expect(suggestedName("gsm8k", "org/Llama", [])).toBe("gsm8k on Llama");
    expect(suggestedName("gsm8k", "org/Llama", ["gsm8k on Llama", "gsm8k on Llama 2"])).toBe(
      "gsm8k on Llama 3",
    );
    expect(suggestedName(undefined, "org/Llama", [])).toBe("");
    expect(suggestedName("x".repeat(300), "m", []).length).toBeLessThanOrEqual(200);
  });
});
