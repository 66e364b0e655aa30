/** How many bytes were done at some time on a steady clock. */
export type ByteSample = { readonly atMs: number; readonly bytes: number };

/** The speed is that of the last few seconds: steady enough to read, fresh enough to believe. */
const WINDOW_MS = 4_000;
/** A speed from less time than this would jump about. */
const SHORTEST_MS = 400;

/** Adds a sample and lets go of what is older than the window. Fewer bytes than before begin anew. */
export function withSample(
  samples: readonly ByteSample[],
  sample: ByteSample,
): readonly ByteSample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.bytes < last.bytes) return [sample];
  return [...samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS), sample];
}

/** Null until it can be told. */
export function bytesPerSecond(samples: readonly ByteSample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return null;
  const elapsedMs = last.atMs - first.atMs;
  return elapsedMs < SHORTEST_MS ? null : ((last.bytes - first.bytes) * 1000) / elapsedMs;
}

/** Null while the speed is not known, or nothing moves. */
export function secondsToGo(done: number, total: number, rate: number | null): number | null {
  return rate === null || rate <= 0 ? null : Math.max(0, total - done) / rate;
}
