import type { BaseModel, ModelDetails } from "../../shared/contract/models.ts";
import { formatCompact, formatCount, formatCountOf } from "../format/numbers.ts";

const ORIGINS = {
  hugging_face_cache: "Hugging Face cache",
  folder: "Folder",
  tiny: "Made by LoRA Desk",
} as const satisfies Record<BaseModel["origin"], string>;

export function originName(origin: BaseModel["origin"]): string {
  return ORIGINS[origin];
}

/** "32 layers · 4,096 wide · 128k vocabulary": as much of it as the configuration tells. */
export function describeShape(details: ModelDetails): string {
  const { layers, hiddenSize, vocabularySize } = details;
  const parts = [
    layers === null ? null : formatCountOf(layers, "layer"),
    hiddenSize === null ? null : `${formatCount(hiddenSize)} wide`,
    vocabularySize === null ? null : `${formatCompact(vocabularySize)} vocabulary`,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}
