import type { GpuConfigurationId } from "../../shared/types/lora-training.ts";
import { GPU_CONFIGURATIONS } from "../../shared/types/lora-training.ts";
import { findCard } from "../costs/cloud-price.ts";

/**
 * Nominal dense 16-bit matrix throughput with 32-bit sums, in TFLOP/s: NVIDIA's figures without
 * sparsity, from general knowledge and not measured here. A first guess until a run has measured.
 */
const TFLOPS: { readonly [K in GpuConfigurationId]: number } = {
  rtx_2080_ti: 54,
  rtx_3060_12gb: 25,
  rtx_3080: 60,
  rtx_3090: 71,
  rtx_3090_ti: 80,
  rtx_4060_ti_16gb: 44,
  rtx_4070: 58,
  rtx_4070_ti_super: 88,
  rtx_4080: 97,
  rtx_4090: 165,
  rtx_5060_ti_16gb: 47,
  rtx_5070_ti: 88,
  rtx_5080: 113,
  rtx_5090: 210,
  titan_rtx: 130,
  rtx_a4000: 77,
  rtx_a5000: 111,
  rtx_a6000: 155,
  rtx_4000_ada: 107,
  rtx_6000_ada: 364,
  rtx_pro_6000: 504,
  v100_32gb: 125,
  t4: 65,
  a10: 125,
  a40: 150,
  a100_40gb: 312,
  a100_80gb_pcie: 312,
  a100_80gb: 312,
  l4: 121,
  l40s: 362,
  h100_pcie: 756,
  h100: 989,
  h200: 989,
  b200: 2250,
};

/** In FLOP/s; null for a card that is not in the list. */
export function cardThroughput(name: string): number | null {
  const card = findCard(name);
  if (card === null) return null;
  const found = Object.entries(GPU_CONFIGURATIONS).find(([, { name: of }]) => of === card.name);
  return found === undefined ? null : TFLOPS[found[0] as GpuConfigurationId] * 1e12;
}
