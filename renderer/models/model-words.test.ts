import { describe, expect, it } from "vitest";
import { describeShape } from "./model-words.ts";

const details = {
  architecture: "LlamaForCausalLM",
  modelType: "llama",
  parameters: 8_030_261_248,
  weightBytes: 16_060_522_496,
  dtype: "bfloat16",
  contextTokens: 131_072,
  layers: 32,
  hiddenSize: 4096,
  vocabularySize: 128_256,
  hasTokenizer: true,
  hasChatTemplate: true,
};

describe("describeShape", () => {
  it("names layers and width", () => {
    expect(describeShape(details)).toBe("32 layers · 4,096 wide");
  });

  it("leaves out what the configuration does not tell", () => {
    expect(describeShape({ ...details, layers: 1, hiddenSize: null })).toBe("1 layer");
    const nothing = { ...details, layers: null, hiddenSize: null };
    expect(describeShape(nothing)).toBe("");
  });
});
