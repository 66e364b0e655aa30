import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ReadyModel } from "../../shared/contract/models.ts";
import { readSafetensorsSummary } from "../models/safetensors-header.ts";

export interface ModelShape {
  layers: number;
  width: number;
  vocabulary: number;
  parameters: number;
  /** In the matrices of the linear layers, which a 4-bit base holds in 4 bits. */
  linearParameters: number;
  /** Inputs and outputs of the layers that get LoRA, added up: times the rank, the adapter's size. */
  targetEdges: number;
}

/** From the headers of the weights; null where config.json does not tell what is needed. */
export async function readModelShape(
  { path, details }: Pick<ReadyModel, "path" | "details">,
  targets: "all-linear" | readonly string[],
): Promise<ModelShape | null> {
  const { layers, hiddenSize, vocabularySize, parameters } = details;
  if (layers === null || hiddenSize === null || vocabularySize === null) return null;
  const shape = {
    layers,
    width: hiddenSize,
    vocabulary: vocabularySize,
    parameters,
    linearParameters: 0,
    targetEdges: 0,
  };
  const names = await readdir(path);
  for (const name of names.filter((file) => /^model[-.\w]*\.safetensors$/.test(file))) {
    const { shapes } = await readSafetensorsSummary(join(path, name));
    for (const [tensor, [rows = 0, columns = 0, ...more]] of shapes) {
      if (columns === 0 || more.length > 0 || !tensor.endsWith(".weight")) continue;
      const layer = tensor.slice(0, -".weight".length);
      const isLinear = !/embed|lm_head/.test(layer);
      if (isLinear) shape.linearParameters += rows * columns;
      if (targets === "all-linear" ? isLinear : targets.some((target) => isNamed(layer, target))) {
        shape.targetEdges += rows + columns;
      }
    }
  }
  return shape;
}

/** As PEFT has it: the whole path, or its end. */
function isNamed(layer: string, target: string): boolean {
  return layer === target || layer.endsWith(`.${target}`);
}
