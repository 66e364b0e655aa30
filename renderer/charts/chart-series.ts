export type ChartLook = {
  readonly name: string;
  /** The name of a colour in tokens.css. */
  readonly color: `--chart-${string}`;
  /** `faint`: the raw line behind its smoothed one. */
  readonly look: "line" | "faint" | "points";
};

/** One line or one set of points over the shared x values of a chart. */
export type ChartSeries = ChartLook & {
  /** `null` is a gap; `undefined` is a place where this series has nothing and draws through. */
  readonly values: readonly (number | null | undefined)[];
  readonly format: (value: number | null | undefined) => string;
};

/** Something that happened at a place on the x axis; the best one also has its value. */
export type ChartMark =
  | { readonly x: number; readonly kind: "checkpoint" | "resumed" }
  | { readonly x: number; readonly y: number; readonly kind: "best" };

export type ChartRange = { readonly from: number; readonly to: number };

/**
 * The index whose value is read out: the hovered one if the series has a value there, else the
 * nearest before it; without a hover the last one. -1 when there is none.
 */
export function readoutIndex(values: ChartSeries["values"], hovered: number | null): number {
  const start = Math.min(hovered ?? values.length - 1, values.length - 1);
  for (let index = start; index >= 0; index -= 1) {
    if (values[index] !== undefined) return index;
  }
  return -1;
}

/** A range that uPlot can draw: never empty, with room above and below. */
export function paddedRange(
  low: number | null,
  high: number | null,
  padding: number,
): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) {
    return [0, 1];
  }
  if (low === high) {
    const room = Math.abs(low) * 0.1 || 1;
    return [low - room, high + room];
  }
  const room = (high - low) * padding;
  return [low - room, high + room];
}
