import { describe, expect, it } from "vitest";
import type { BaseModel, ReadyModel } from "../../shared/contract/models.ts";
import { groupModels } from "./model-groups.ts";

const details: ReadyModel["details"] = {
  architecture: "LlamaForCausalLM",
  modelType: "llama",
  parameters: 1,
  weightBytes: 1,
  dtype: "bfloat16",
  contextTokens: 2048,
  layers: 1,
  hiddenSize: 1,
  vocabularySize: 1,
  hasTokenizer: true,
  hasChatTemplate: true,
};

function common(name: string, origin: BaseModel["origin"] = "folder") {
  return { id: name, name, path: `/models/${name}`, origin };
}

const ready = (name: string): BaseModel => ({ ...common(name), status: "ready", details });
const unusable = (name: string, origin?: BaseModel["origin"]): BaseModel => ({
  ...common(name, origin),
  status: "unusable",
  failure: { kind: "unsupported", message: "Only pickled weights." },
});
const building: BaseModel = {
  ...common("tiny", "tiny"),
  status: "building",
  progress: { message: "Training", share: 0.4 },
};

describe("groupModels", () => {
  it("puts the one being made first and orders the rest as people count", () => {
    const groups = groupModels([ready("qwen-10b"), ready("Qwen-2b"), building, ready("gemma")]);
    expect(groups.usable.map(({ name }) => name)).toEqual(["tiny", "gemma", "Qwen-2b", "qwen-10b"]);
    expect(groups.readyCount).toBe(3);
    expect(groups.tiny).toBe("building");
  });

  it("keeps the unusable apart, and knows a tiny model that could not be made", () => {
    const groups = groupModels([unusable("b"), ready("a"), unusable("lora-desk-tiny", "tiny")]);
    expect(groups.usable.map(({ name }) => name)).toEqual(["a"]);
    expect(groups.unusable.map(({ name }) => name)).toEqual(["b", "lora-desk-tiny"]);
    expect(groups.tiny).toBe("unusable");
  });

  it("says that there is no tiny model", () => {
    expect(groupModels([ready("a")]).tiny).toBe("absent");
  });

  it("tells two copies of a model apart by their paths", () => {
    const copy = (path: string) => ({ ...ready("same"), id: path, path });
    const groups = groupModels([copy("/z/same"), copy("/a/same")]);
    expect(groups.usable.map(({ path }) => path)).toEqual(["/a/same", "/z/same"]);
  });
});
