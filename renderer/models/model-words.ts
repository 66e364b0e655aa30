import type { BaseModel, ModelDetails } from "../../shared/contract/models.ts";
import { formatCount, formatCountOf } from "../format/numbers.ts";

/** Of a model in an added folder, the path itself says where it is from. */
type KnownOrigin = Exclude<BaseModel["origin"], "folder">;

const ORIGINS = {
  hugging_face_cache: "Hugging Face cache",
  tiny: "Made by LoRA Desk",
} as const satisfies Record<KnownOrigin, string>;

export function originName(origin: KnownOrigin): string {
  return ORIGINS[origin];
}

/** "32 layers · 4,096 wide": as much of it as the configuration tells. */
export function describeShape(details: ModelDetails): string {
  const { layers, hiddenSize } = details;
  const parts = [
    layers === null ? null : formatCountOf(layers, "layer"),
    hiddenSize === null ? null : `${formatCount(hiddenSize)} wide`,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}
