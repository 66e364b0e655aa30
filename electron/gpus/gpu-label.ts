import type { Gpu } from "../../shared/contract/gpus.ts";

/** With its number: a machine often has several of one name. */
export function gpuLabel({ index, name }: Pick<Gpu, "index" | "name">): string {
  return `GPU ${index} (${name})`;
}
