/**
 * Exponential smoothing along x, without the bias towards 0 at the start. `span` is the distance in
 * x over which a value's weight falls to 1/e, so the line looks the same whether every point or only
 * two per pixel are drawn. Missing values stay missing, and the smoothed line goes on after them.
 */
export function smooth(
  xs: readonly number[],
  ys: readonly (number | null | undefined)[],
  span: number,
): (number | null | undefined)[] {
  if (span <= 0) return [...ys];
  let sum = 0;
  let weight = 0;
  let lastX: number | null = null;
  return ys.map((y, index) => {
    if (y === null || y === undefined) return y;
    const x = xs[index] ?? 0;
    // The first point counts as if it came one typical step after an empty past.
    const distance = lastX === null ? span : Math.max(x - lastX, 1e-9);
    const kept = Math.exp(-distance / span);
    sum = sum * kept + y * (1 - kept);
    weight = weight * kept + (1 - kept);
    lastX = x;
    return sum / weight;
  });
}

/** The distance in x that `share` (0 to 1) of the whole drawn range is. */
export function smoothingSpan(xs: readonly number[], share: number): number {
  const first = xs[0];
  const last = xs.at(-1);
  return first === undefined || last === undefined ? 0 : (last - first) * share;
}
