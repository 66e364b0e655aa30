/** No sample for this long is a gap in the line; the core takes one every two seconds. */
const GAP_MS = 10_000;

export type TimedValue = { readonly atMs: number; readonly value: number | null };

export type PathFrame = {
  readonly fromMs: number;
  readonly toMs: number;
  /** What the bottom and the top stand for. */
  readonly range: readonly [number, number];
  readonly width: number;
  readonly height: number;
};

/** An SVG path through the values, broken where they are not known. */
export function historyPath(values: readonly TimedValue[], frame: PathFrame): string {
  const { fromMs, toMs, range, width, height } = frame;
  const [low, high] = range;
  const x = (atMs: number) => ((atMs - fromMs) / (toMs - fromMs)) * width;
  const y = (value: number) => {
    const share = Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
    // Room for the line's own thickness.
    return height - 1 - share * (height - 2);
  };
  let path = "";
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { atMs, value } of values) {
    if (value === null || atMs < fromMs || atMs > toMs) continue;
    const step = atMs - lastMs > GAP_MS ? "M" : "L";
    path += `${step}${x(atMs).toFixed(1)} ${y(value).toFixed(1)}`;
    lastMs = atMs;
  }
  return path;
}
