import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { ModelDetails } from "../../shared/contract/models.ts";
import { ModelProblem } from "./model-problem.ts";

const LARGEST_CONFIG_BYTES = 10_000_000;

/** Families have their own names for the same figure; a figure of another type is not known. */
const figure = z.int().positive().optional().catch(undefined);
const figures = {
  max_position_embeddings: figure,
  n_positions: figure,
  n_ctx: figure,
  max_sequence_length: figure,
  max_seq_len: figure,
  seq_length: figure,
  num_hidden_layers: figure,
  n_layer: figure,
  n_layers: figure,
  num_layers: figure,
  hidden_size: figure,
  n_embd: figure,
  d_model: figure,
  vocab_size: figure,
};
const text = z.string().max(200);
const configSchema = z.object({
  ...figures,
  architectures: z.array(text).optional().catch(undefined),
  model_type: text.optional().catch(undefined),
  is_encoder_decoder: z.boolean().optional().catch(undefined),
  quantization_config: z
    .object({ quant_method: text.optional().catch(undefined) })
    .nullish()
    .catch(undefined),
  /** Models that also see keep the language part's figures here. */
  text_config: z.object(figures).optional().catch(undefined),
});
export type ModelConfig = z.infer<typeof configSchema>;

export type ConfigDetails = Pick<
  ModelDetails,
  "architecture" | "modelType" | "contextTokens" | "layers" | "hiddenSize" | "vocabularySize"
>;

/** @throws ModelProblem when there is none or it cannot be read. */
export async function readConfig(folder: string): Promise<ModelConfig> {
  const configPath = path.join(folder, "config.json");
  let content: string;
  try {
    if ((await stat(configPath)).size > LARGEST_CONFIG_BYTES) throw new Error("it is too large");
    content = await readFile(configPath, "utf8");
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ENOENT"
      ? new ModelProblem("unsupported", "config.json is missing. Finish the download.")
      : new ModelProblem(
          "unsupported",
          `config.json cannot be read (${(error as Error).message}).`,
        );
  }
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw new ModelProblem(
      "unsupported",
      `config.json is not valid JSON (${(error as Error).message}). Download this file again.`,
    );
  }
  const config = configSchema.safeParse(json);
  if (!config.success) {
    throw new ModelProblem(
      "unsupported",
      "config.json does not describe a model. Download this file again.",
    );
  }
  return config.data;
}

/** Whether a config.json, which many programs have, is one of a transformers model. */
export function describesModel(config: ModelConfig): boolean {
  return config.model_type !== undefined || (config.architectures ?? []).length > 0;
}

/** @throws ModelProblem when it is no model that this trainer can train. */
export function readConfigDetails(config: ModelConfig): ConfigDetails {
  const names = config.architectures ?? [];
  const architecture = names.find(isCausal) ?? names[0] ?? "";
  if (architecture === "" && config.model_type === undefined) {
    throw new ModelProblem(
      "unsupported",
      "config.json names no architecture. Download this file again.",
    );
  }
  if (config.is_encoder_decoder === true || (names.length > 0 && !names.some(isCausal))) {
    throw new ModelProblem(
      "unsupported",
      `It is not a language model that continues a text (${architecture}), so it cannot be trained here. Choose one whose architecture ends in “ForCausalLM”.`,
    );
  }
  if (config.quantization_config) {
    const method = config.quantization_config.quant_method ?? "an unnamed method";
    throw new ModelProblem(
      "unsupported",
      `Its weights are quantised already (${method}). Download the original 16-bit model.`,
    );
  }
  const from = { ...config, ...withoutUndefined(config.text_config ?? {}) };
  return {
    architecture: architecture || (config.model_type ?? ""),
    modelType: config.model_type ?? "",
    contextTokens:
      from.max_position_embeddings ??
      from.n_positions ??
      from.max_sequence_length ??
      from.max_seq_len ??
      from.n_ctx ??
      from.seq_length ??
      null,
    layers: from.num_hidden_layers ?? from.n_layer ?? from.n_layers ?? from.num_layers ?? null,
    hiddenSize: from.hidden_size ?? from.n_embd ?? from.d_model ?? null,
    vocabularySize: from.vocab_size ?? null,
  };
}

function isCausal(architecture: string): boolean {
  return /ForCausalLM$|LMHeadModel$|ForConditionalGeneration$/.test(architecture);
}

function withoutUndefined<T extends object>(record: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
