import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";
import type { ModelShape } from "./model-shape.ts";

const MIB = 2 ** 20;
/** bitsandbytes' NF4 with double quantisation: 4.127 bits (Dettmers et al. 2023), with padding. */
const BYTES_IN_4_BIT = 0.53;
/** Weight, gradient and AdamW's two moments in float32. */
const BYTES_PER_TRAINED = 16;
/**
 * Bytes that a decoder layer keeps per token and width in 16 bits, without the attention scores,
 * which no kernel in use keeps (Korthikanti et al. 2022, equation 1). With gradient checkpointing:
 * its input alone, and one layer at a time anew.
 */
const KEPT_PER_LAYER = 34;
const KEPT_INPUT = 2;
/** Logits in float32, their softmax and its gradient, of so many elements at a time. */
const LOGIT_BYTES = 12;
const MOST_LOGITS = 64 * MIB;
/** CUDA's context with its libraries; on the CPU, Python with torch and transformers. */
const CUDA_CONTEXT_MB = 1434;
const CPU_PROCESS_MB = 800;

export type SettingsForMemory = Pick<
  Hyperparameters,
  "quantization" | "rank" | "batch_size" | "gradient_checkpointing"
>;

export interface MemoryEstimate {
  totalMb: number;
  /** Of them, what grows with the micro-batch. */
  batchMb: number;
  parts: { name: string; mb: number }[];
}

export interface MemoryWish {
  shape: ModelShape;
  settings: SettingsForMemory;
  /** Of the longest row, cut as the run cuts it. */
  longestTokens: number;
  isCpu: boolean;
  /** 4 for float32, else 2. */
  bytesPerWeight: 2 | 4;
  /** Processes over which the frozen weights are spread; 1 where each holds them all. */
  shards: number;
}

/** What one device needs for the longest micro-batch. The trainer measures it before it starts. */
export function estimateMemory(wish: MemoryWish): MemoryEstimate {
  const { shape, settings, longestTokens, isCpu, bytesPerWeight, shards } = wish;
  const linearBytes = settings.quantization === "nf4" ? BYTES_IN_4_BIT : bytesPerWeight;
  const other = shape.parameters - shape.linearParameters;
  const weights = (shape.linearParameters * linearBytes) / shards + other * bytesPerWeight;
  const perToken = settings.gradient_checkpointing
    ? KEPT_INPUT * shape.layers + KEPT_PER_LAYER
    : KEPT_PER_LAYER * shape.layers;
  const tokens = settings.batch_size * longestTokens;
  const activations = perToken * shape.width * tokens * (bytesPerWeight / 2);
  const logits = Math.min(tokens * shape.vocabulary, MOST_LOGITS) * LOGIT_BYTES;
  const adapter = trainedParameters(shape, settings.rank) * BYTES_PER_TRAINED;
  const parts = [
    { name: "Base model", mb: weights / MIB },
    { name: "Adapter, gradients and optimiser", mb: adapter / MIB },
    { name: "Activations", mb: activations / MIB },
    { name: "Logits", mb: logits / MIB },
    isCpu
      ? { name: "Python and its libraries", mb: CPU_PROCESS_MB }
      : { name: "CUDA context", mb: CUDA_CONTEXT_MB },
  ];
  return {
    totalMb: parts.reduce((sum, { mb }) => sum + mb, 0),
    batchMb: (activations + logits) / MIB,
    parts,
  };
}

/** LoRA's two matrices of each layer that gets it. */
export function trainedParameters(shape: ModelShape, rank: number): number {
  return rank * shape.targetEdges;
}
