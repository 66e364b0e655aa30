import { closeSync, openSync, writeSync } from "node:fs";

/** Figures of a run as the trainer has them: full floats, by a fixed pseudo-random sequence. */
export interface StepFigures {
  epoch: number;
  loss: number;
  learningRate: number;
  gradientNorm: number;
  tokens: number;
  tokensPerSecond: number;
  stepMs: number;
  memoryMb: number;
}

const STEPS_PER_EPOCH = 10_000;
/** An evaluation each so many steps. */
export const EVALUATE_EVERY = 500;

export function figuresOf(step: number): StepFigures {
  const noise = unit(step);
  return {
    epoch: step / STEPS_PER_EPOCH,
    loss: 0.4 + 2.5 / (1 + step / 20_000) + 0.3 * noise,
    learningRate: 2e-4 / (1 + step / 1e6),
    gradientNorm: 0.5 + noise,
    tokens: step * 2048,
    tokensPerSecond: 20_000 + 900 * unit(step + 1),
    stepMs: 100 + 5 * unit(step + 2),
    memoryMb: 41_873.4 + noise,
  };
}

export function validationLossOf(step: number): number {
  return 0.5 + 2.4 / (1 + step / 20_000) + 0.05 * unit(step + 3);
}

/** From 0 to below 1. */
function unit(seed: number): number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35) >>> 0;
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * Appends the events of steps 1 to `steps` to a file, as the trainer writes them.
 *
 * @returns bytes written.
 */
export function writeStepLines(path: string, run: string, steps: number): number {
  const file = openSync(path, "a");
  let bytes = 0;
  let seq = 1;
  let lines: string[] = [];
  const event = (type: string, fields: object) => {
    const base = { v: 1, seq, ts: 1_790_000_000.123456 + seq * 0.1, run, attempt: 1, type };
    lines.push(JSON.stringify({ ...base, ...fields }));
    seq += 1;
  };
  for (let step = 1; step <= steps; step++) {
    const of = figuresOf(step);
    event("step", {
      step,
      epoch: of.epoch,
      loss: of.loss,
      learning_rate: of.learningRate,
      grad_norm: of.gradientNorm,
      tokens: of.tokens,
      tokens_per_second: of.tokensPerSecond,
      step_ms: of.stepMs,
      memory_mb: of.memoryMb,
    });
    if (step % EVALUATE_EVERY === 0) {
      const loss = validationLossOf(step);
      event("eval", { step, epoch: of.epoch, loss, perplexity: Math.exp(loss), rows: 100 });
    }
    if (lines.length < 2000 && step < steps) continue;
    bytes += writeSync(file, `${lines.join("\n")}\n`);
    lines = [];
  }
  closeSync(file);
  return bytes;
}
