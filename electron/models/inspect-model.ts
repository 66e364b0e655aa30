import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import type { BaseModel } from "../../shared/contract/models.ts";
import { ModelProblem } from "./model-problem.ts";
import { readConfig, readConfigDetails } from "./read-config.ts";
import { readTokenizer } from "./read-tokenizer.ts";
import { readWeights } from "./read-weights.ts";

/** A folder that looks like a model, before it has been read. */
export interface ModelFolder {
  name: string;
  path: string;
  origin: BaseModel["origin"];
  /** Known to be unusable before its files are looked at (a download that was broken off). */
  problem?: string;
}

/** The same for the same folder, whatever path leads to it. */
export function modelIdOf(realPath: string): string {
  return createHash("sha256").update(realPath).digest("hex").slice(0, 24);
}

/** Reads what a model folder says of itself: configuration, headers, names. Never throws. */
export async function inspectModel(folder: ModelFolder): Promise<BaseModel> {
  const { name, path: realPath, origin } = folder;
  const common = { id: modelIdOf(realPath), name, path: realPath, origin };
  try {
    if (folder.problem !== undefined) throw new ModelProblem("unsupported", folder.problem);
    const names = await readdir(realPath);
    refuseAdapter(names);
    if (!names.includes("config.json")) await readWeights(realPath, names);
    const config = await readConfig(realPath);
    const configDetails = readConfigDetails(config);
    const weights = await readWeights(realPath, names);
    const tokenizer = await readTokenizer(realPath, names);
    if (!tokenizer.hasTokenizer) {
      throw new ModelProblem(
        "unsupported",
        "Its tokenizer is missing (tokenizer.json). Finish the download.",
      );
    }
    return { ...common, status: "ready", details: { ...configDetails, ...weights, ...tokenizer } };
  } catch (error) {
    const failure =
      error instanceof ModelProblem
        ? error.toFailure()
        : {
            kind: "unavailable" as const,
            message: `The folder cannot be read (${error instanceof Error ? error.message : String(error)}). Check its permissions and that its disk is connected.`,
          };
    return { ...common, status: "unusable", failure };
  }
}

function refuseAdapter(names: readonly string[]): void {
  const isAdapter = names.includes("adapter_config.json");
  if (!isAdapter || names.some((name) => /^model.*\.safetensors$/.test(name))) return;
  throw new ModelProblem(
    "unsupported",
    "It is an adapter, not a base model: it holds only what a LoRA run changed. Choose the base model that it was trained on.",
  );
}
