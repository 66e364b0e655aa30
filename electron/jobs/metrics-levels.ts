/*
 * How a curve lies in the store. Level 0 holds every point; each level above holds the same curve
 * thinned out to the extremes of ever wider buckets of steps, as real points:
 *
 *   level   bucket (steps)   block (steps)
 *     0            1              128
 *     1            8            1,024
 *     2           32            4,096      and so on, four times as wide at each level
 *
 * The block of each level in which the newest point lies is open: what it would say is read from
 * the level below. So a run that goes on writes one small block at a time,
 * and a block above level 0 is written once, when the run has left it (again only if the run comes
 * back to it, after a resume).
 */
export const LEVELS = 13;
const BUCKETS_PER_BLOCK = 128;
const FIRST_BUCKET_STEPS = 8;
const WIDENING = 4;

/** The steps of which a level keeps the extremes. */
export function bucketSteps(level: number): number {
  return level === 0 ? 1 : FIRST_BUCKET_STEPS * WIDENING ** (level - 1);
}

/** The steps that one block of a level covers. */
export function blockSteps(level: number): number {
  return BUCKETS_PER_BLOCK * bucketSteps(level);
}

export function blockOf(level: number, step: number): number {
  return Math.floor(step / blockSteps(level));
}

/** The first bucket boundary of a level behind `step`. */
export function bucketEnd(level: number, step: number): number {
  const steps = bucketSteps(level);
  return (Math.floor(step / steps) + 1) * steps;
}

/** The widest level that still has `least` buckets in so many steps. */
export function levelFor(steps: number, least: number): number {
  let level = 0;
  while (level + 1 < LEVELS && bucketSteps(level + 1) * least <= steps) level += 1;
  return level;
}
