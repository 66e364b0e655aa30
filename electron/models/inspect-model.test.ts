import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BaseModel, baseModelSchema } from "../../shared/contract/models.ts";
import {
  CONFIG,
  type Files,
  safetensorsFile,
  WEIGHTS,
  wholeModel,
  writeFolder,
} from "./fixtures/model-files.ts";
import { inspectModel } from "./inspect-model.ts";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "model-"));
  folder = path.join(root, "m");
});
afterEach(() => rmSync(root, { recursive: true }));

async function inspect(files: Files): Promise<BaseModel> {
  writeFolder(folder, files);
  return baseModelSchema.parse(await inspectModel({ name: "m", path: folder, origin: "folder" }));
}

async function messageFor(files: Files): Promise<string> {
  const model = await inspect(files);
  if (model.status !== "unusable") throw new Error(`The model is ${model.status}`);
  return model.failure.message;
}

const without = (...names: string[]): Files =>
  Object.fromEntries(Object.entries(wholeModel()).filter(([name]) => !names.includes(name)));
const withConfig = (config: object): Files => ({ ...wholeModel(), "config.json": config });
const withWeights = (weights: string | Buffer): Files => ({
  ...wholeModel(),
  "model.safetensors": weights,
});
const sharded = (weightMap: object, files: Files = {}): Files => ({
  ...without("model.safetensors"),
  "model.safetensors.index.json": { metadata: { total_size: 400 }, weight_map: weightMap },
  ...files,
});

const ONE = "model-00001-of-00002.safetensors";
const TWO = "model-00002-of-00002.safetensors";

test("reads a whole model", async () => {
  const model = await inspect(wholeModel());
  expect(model).toMatchObject({
    status: "ready",
    details: {
      architecture: "LlamaForCausalLM",
      modelType: "llama",
      parameters: 16 * 8 + 8,
      weightBytes: WEIGHTS.byteLength,
      dtype: "bfloat16",
      contextTokens: 1024,
      layers: 2,
      hiddenSize: 8,
      vocabularySize: 16,
      hasTokenizer: true,
      hasChatTemplate: true,
    },
  });
});

test("sums up all shards", async () => {
  const shard = (name: string) => safetensorsFile({ [name]: { dtype: "F16", shape: [10, 10] } });
  const files = { [ONE]: shard("a"), [TWO]: shard("b"), "tokenizer_config.json": {} };
  expect(await inspect(sharded({ a: ONE, b: TWO }, files))).toMatchObject({
    status: "ready",
    details: { parameters: 200, dtype: "float16", hasChatTemplate: false },
  });
});

test("knows the names that other families use, and a template in a file of its own", async () => {
  const config = {
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    n_positions: 512,
    n_layer: 6,
    n_embd: 32,
    vocab_size: 99,
  };
  const files = { ...withConfig(config), "tokenizer_config.json": {}, "chat_template.jinja": "x" };
  expect(await inspect(files)).toMatchObject({
    details: {
      contextTokens: 512,
      layers: 6,
      hiddenSize: 32,
      vocabularySize: 99,
      hasChatTemplate: true,
    },
  });
});

test("takes the language part's figures of a model that also sees", async () => {
  const config = {
    architectures: ["Gemma3ForConditionalGeneration"],
    model_type: "gemma3",
    text_config: { hidden_size: 64, num_hidden_layers: 3 },
  };
  expect(await inspect(withConfig(config))).toMatchObject({
    details: { hiddenSize: 64, layers: 3, contextTokens: null },
  });
});

test("figures of a wrong type are not known; they spoil nothing", async () => {
  const config = { ...CONFIG, hidden_size: "8", num_hidden_layers: -1, vocab_size: null };
  expect(await inspect(withConfig(config))).toMatchObject({
    status: "ready",
    details: { hiddenSize: null, layers: null, vocabularySize: null, contextTokens: 1024 },
  });
});

test.each<[string, Files, RegExp]>([
  [
    "pickled weights",
    { ...without("model.safetensors"), "pytorch_model.bin": "x" },
    /pickled.*safetensors version/,
  ],
  ["GGUF", { "model-q4.gguf": "GGUF" }, /GGUF.*original safetensors/],
  ["no weights", without("model.safetensors"), /no weights/],
  [
    "truncated weights",
    withWeights(WEIGHTS.subarray(0, -9)),
    /model\.safetensors is incomplete: it has \d+ of \d+ bytes/,
  ],
  ["an empty weight file", withWeights(""), /incomplete/],
  ["a web page instead of weights", withWeights("<!doctype html><html>Sign in"), /damaged/],
  ["a pointer of git lfs", withWeights("version https://git-lfs.github.com/spec/v1\n"), /damaged/],
  ["broken config", { ...wholeModel(), "config.json": "{" }, /config\.json is not valid JSON/],
  ["config that is a list", withConfig([]), /config\.json does not describe/],
  ["no config", without("config.json"), /config\.json is missing/],
  ["no tokenizer", without("tokenizer.json", "tokenizer_config.json"), /tokenizer is missing/],
  [
    "an encoder",
    withConfig({ ...CONFIG, architectures: ["BertForMaskedLM"] }),
    /not a language model.*BertForMaskedLM/,
  ],
  [
    "an encoder-decoder",
    withConfig({ architectures: ["T5ForConditionalGeneration"], is_encoder_decoder: true }),
    /not a language model/,
  ],
  [
    "quantised weights",
    withConfig({ ...CONFIG, quantization_config: { quant_method: "gptq" } }),
    /quantised already \(gptq\)/,
  ],
  [
    "an adapter",
    { "adapter_config.json": {}, "adapter_model.safetensors": WEIGHTS },
    /adapter, not a base model/,
  ],
  [
    "shards without an index",
    { ...without("model.safetensors"), [ONE]: WEIGHTS },
    /index\.json.*is missing/,
  ],
  [
    "a missing shard",
    sharded({ a: ONE, b: TWO }, { [ONE]: WEIGHTS }),
    /1 of its 2 weight files are missing \(model-00002-of-00002\.safetensors\)/,
  ],
  [
    "an index that leaves the folder",
    sharded({ a: "../../secret.safetensors" }),
    /outside the folder/,
  ],
])("says what is wrong and what to do: %s", async (_name, files, message) => {
  expect(await messageFor(files)).toMatch(message);
});

test("a link whose target was deleted is named", async () => {
  writeFolder(folder, without("model.safetensors"));
  symlinkSync(path.join(root, "no-such-blob"), path.join(folder, "model.safetensors"));
  const model = await inspectModel({ name: "m", path: folder, origin: "folder" });
  expect(model).toMatchObject({
    status: "unusable",
    failure: { message: expect.stringContaining("link to a file that is not there") },
  });
});

test("a folder that cannot be read is reported, not thrown", async () => {
  const gone = await inspectModel({ name: "m", path: path.join(folder, "gone"), origin: "folder" });
  expect(gone).toMatchObject({ status: "unusable", failure: { kind: "unavailable" } });
});
