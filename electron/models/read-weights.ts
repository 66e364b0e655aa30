import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { ModelProblem } from "./model-problem.ts";
import { readSafetensorsSummary, SafetensorsError } from "./safetensors-header.ts";

export interface Weights {
  parameters: number;
  weightBytes: number;
  /** The dtype of most parameters, in torch's words. */
  dtype: string;
}

const TORCH_NAMES: Readonly<Record<string, string>> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  F8_E4M3: "float8_e4m3fn",
  F8_E5M2: "float8_e5m2",
};
const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";
const LARGEST_INDEX_BYTES = 50_000_000;

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string().min(1).max(255)) });

/**
 * Sums up the weights of a model folder from the headers of its safetensors files.
 *
 * @param names the names in the folder
 * @throws ModelProblem when there are none, or not all of them, or in another format only.
 */
export async function readWeights(folder: string, names: readonly string[]): Promise<Weights> {
  const files = names.includes(INDEX)
    ? await readShardNames(folder, names)
    : names.includes(SINGLE)
      ? [SINGLE]
      : explainMissingWeights(names);

  const elements = new Map<string, number>();
  let weightBytes = 0;
  for (const name of files) {
    const summary = await readSummary(path.join(folder, name), name);
    weightBytes += summary.actualBytes;
    for (const [dtype, count] of summary.elements) {
      elements.set(dtype, (elements.get(dtype) ?? 0) + count);
    }
  }
  const byCount = [...elements].toSorted((a, b) => b[1] - a[1]);
  const parameters = byCount.reduce((sum, [, count]) => sum + count, 0);
  if (parameters === 0) {
    throw new ModelProblem(
      "unsupported",
      "Its safetensors files hold no weights. Download the model again.",
    );
  }
  const most = byCount[0]?.[0] ?? "";
  return { parameters, weightBytes, dtype: TORCH_NAMES[most] ?? most.toLowerCase() };
}

async function readShardNames(folder: string, names: readonly string[]): Promise<string[]> {
  const indexPath = path.join(folder, INDEX);
  let files: string[];
  try {
    if ((await stat(indexPath)).size > LARGEST_INDEX_BYTES) throw new Error("too large");
    const { weight_map } = indexSchema.parse(JSON.parse(await readFile(indexPath, "utf8")));
    files = [...new Set(Object.values(weight_map))].toSorted();
  } catch (error) {
    throw new ModelProblem(
      "unsupported",
      `${INDEX} cannot be read (${error instanceof z.ZodError ? "it has another form" : messageOf(error)}). Download the model again.`,
    );
  }
  const outside = files.find((name) => name !== path.basename(name) || name.includes("\\"));
  if (outside !== undefined) {
    throw new ModelProblem(
      "unsupported",
      `${INDEX} names a file outside the folder (${outside}), which is not followed. Use the model from its original source.`,
    );
  }
  const missing = files.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const shown = missing.slice(0, 3).join(", ") + (missing.length > 3 ? "…" : "");
    throw new ModelProblem(
      "unsupported",
      `${missing.length} of its ${files.length} weight files are missing (${shown}). Finish the download.`,
    );
  }
  return files;
}

async function readSummary(filePath: string, name: string) {
  try {
    return await readSafetensorsSummary(filePath);
  } catch (error) {
    if (error instanceof SafetensorsError) {
      throw new ModelProblem(
        "unsupported",
        error.isTruncated
          ? `${name} is incomplete: ${error.message}. Finish the download, or download this file again.`
          : `${name} is damaged: ${error.message}. Download this file again.`,
      );
    }
    const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new ModelProblem(
      "unsupported",
      isGone
        ? `${name} is a link to a file that is not there. Download the model again.`
        : `${name} cannot be read (${messageOf(error)}). Check its permissions.`,
    );
  }
}

function explainMissingWeights(names: readonly string[]): never {
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (has(/^model-\d+-of-\d+\.safetensors$/)) {
    throw new ModelProblem(
      "unsupported",
      `Its weight files are there, but ${INDEX}, which says what is in them, is missing. Download that file too.`,
    );
  }
  if (has(/\.safetensors$/)) {
    throw new ModelProblem(
      "unsupported",
      `Its weights are not laid out as transformers expects (${SINGLE}, or model-…-of-….safetensors with an index). Download the version for transformers.`,
    );
  }
  if (has(/\.(bin|pt|pth|ckpt|pickle|pkl)(\.index\.json)?$/)) {
    throw new ModelProblem(
      "unsupported",
      "Its weights are pickled (.bin, .pt), and reading such files can run any program that is hidden in them, so they are never loaded. Download the safetensors version, or convert them where you trust their source.",
    );
  }
  if (has(/\.gguf$/i)) {
    throw new ModelProblem(
      "unsupported",
      "It is a GGUF model, made for running and not for training. Download the original safetensors version.",
    );
  }
  if (has(/\.(h5|msgpack|onnx)$/)) {
    throw new ModelProblem(
      "unsupported",
      "Its weights are for TensorFlow, Flax or ONNX. Download the safetensors version.",
    );
  }
  throw new ModelProblem("unsupported", "It has no weights. Finish the download.");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
