import { estimateMemory, type MemoryWish } from "./estimate-memory.ts";

/** The rest is for fragments and the libraries' own buffers. */
const USABLE = 0.92;
const LENGTH_STEP = 64;

export interface Proposal {
  message: string;
  values: Record<string, string | number | boolean>;
  mb: number;
}

export interface FitWish extends MemoryWish {
  accumulation: number;
  availableMb: number;
  /** What a micro-batch was measured to need ÷ what the formula says; 1 without a measurement. */
  batchScale: number;
}

/** What would make it fit: each by itself, the least change to the training first. */
export function whatFits(wish: FitWish): Proposal[] {
  const gentle = [smallerBatch(wish), checkpointing(wish), fourBits(wish)];
  const found = gentle.filter((way) => way !== null);
  if (found.length > 0) return found;
  const last = all(wish) ?? shorter(wish);
  return last === null ? [] : [last];
}

function smallerBatch(wish: FitWish): Proposal | null {
  const batch = fittingBatch(wish);
  if (batch === null || batch.size === wish.settings.batch_size) return null;
  return {
    message: `Batch size ${batch.size} with ${batch.accumulation} accumulation steps: the same rows in a step.`,
    values: { batch_size: batch.size, gradient_accumulation_steps: batch.accumulation },
    mb: batch.mb,
  };
}

function checkpointing(wish: FitWish): Proposal | null {
  if (wish.settings.gradient_checkpointing) return null;
  const settings = { ...wish.settings, gradient_checkpointing: true };
  const batch = fittingBatch({ ...wish, settings });
  if (batch === null) return null;
  return {
    message: `Gradient checkpointing${withBatch(wish, batch)}: about a third more time.`,
    values: { gradient_checkpointing: true, ...batchValues(wish, batch) },
    mb: batch.mb,
  };
}

function fourBits(wish: FitWish): Proposal | null {
  if (wish.isCpu || wish.settings.quantization === "nf4") return null;
  const settings = { ...wish.settings, quantization: "nf4" as const };
  const mb = neededMb({ ...wish, settings });
  if (!fits(wish, mb)) return null;
  return {
    message: "The base model in 4 bits (QLoRA): slower steps, nearly the same quality.",
    values: { quantization: "nf4" },
    mb,
  };
}

function all(wish: FitWish): Proposal | null {
  if (wish.isCpu) return null;
  const settings = {
    ...wish.settings,
    quantization: "nf4" as const,
    gradient_checkpointing: true,
  };
  const batch = fittingBatch({ ...wish, settings });
  if (batch === null) return null;
  return {
    message: `The base model in 4 bits and gradient checkpointing${withBatch(wish, batch)}.`,
    values: { quantization: "nf4", gradient_checkpointing: true, ...batchValues(wish, batch) },
    mb: batch.mb,
  };
}

function shorter(wish: FitWish): Proposal | null {
  const settings = {
    ...wish.settings,
    batch_size: 1,
    gradient_checkpointing: true,
    ...(wish.isCpu ? {} : { quantization: "nf4" as const }),
  };
  const { batch_size: rows, ...rest } = settings;
  const accumulation = wish.settings.batch_size * wish.accumulation;
  const longest = Math.floor((wish.longestTokens - 1) / LENGTH_STEP) * LENGTH_STEP;
  for (let tokens = longest; tokens >= LENGTH_STEP; tokens -= LENGTH_STEP) {
    const mb = neededMb({ ...wish, settings, longestTokens: tokens });
    if (!fits(wish, mb)) continue;
    return {
      message: `Rows of at most ${tokens} tokens, one at a time, with gradient checkpointing${wish.isCpu ? "" : " and 4 bits"}.`,
      values: {
        max_sequence_tokens: tokens,
        batch_size: rows,
        gradient_accumulation_steps: accumulation,
        gradient_checkpointing: rest.gradient_checkpointing,
        ...(wish.isCpu ? {} : { quantization: "nf4" }),
      },
      mb,
    };
  }
  return null;
}

interface Batch {
  size: number;
  accumulation: number;
  mb: number;
}

/** The largest batch size that fits and leaves the rows of a step as they are. */
function fittingBatch(wish: FitWish): Batch | null {
  const effective = wish.settings.batch_size * wish.accumulation;
  for (let size = wish.settings.batch_size; size >= 1; size -= 1) {
    if (effective % size !== 0) continue;
    const mb = neededMb({ ...wish, settings: { ...wish.settings, batch_size: size } });
    if (fits(wish, mb)) return { size, accumulation: effective / size, mb };
  }
  return null;
}

function neededMb(wish: FitWish): number {
  const { totalMb, batchMb } = estimateMemory(wish);
  return totalMb + batchMb * (wish.batchScale - 1);
}

function fits({ availableMb }: FitWish, mb: number): boolean {
  return mb <= availableMb * USABLE;
}

function batchValues(wish: FitWish, batch: Batch): Record<string, number> {
  if (batch.size === wish.settings.batch_size) return {};
  return { batch_size: batch.size, gradient_accumulation_steps: batch.accumulation };
}

function withBatch(wish: FitWish, batch: Batch): string {
  return batch.size === wish.settings.batch_size
    ? ""
    : ` with batch size ${batch.size} and ${batch.accumulation} accumulation steps`;
}
