export interface StepEnd {
  /** Seconds since 1970. */
  ts: number;
  /** Trained on since the start, without padding. */
  tokens: number;
}

/**
 * Tokens per second from the second tenth of the steps on: what happens once (reading, tokenising,
 * compiling, the allocator's growth) is left out of both trainers alike.
 */
export function tokensPerSecond(steps: readonly StepEnd[]): number {
  const from = steps[Math.max(1, Math.ceil(steps.length / 10)) - 1];
  const last = steps.at(-1);
  if (from === undefined || last === undefined || last.ts <= from.ts) {
    throw new Error(`A rate needs at least two steps; there are ${steps.length}.`);
  }
  return (last.tokens - from.tokens) / (last.ts - from.ts);
}
