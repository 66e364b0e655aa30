import type { Preflight } from "../../shared/contract/preflight.ts";
import { formatMemory } from "../format/bytes.ts";
import { UNKNOWN, formatShare } from "../format/numbers.ts";

/** What the whole width of the bar stands for: the limit with some room beyond, or all that is needed. */
export function memoryScale({
  parts,
  estimateMb,
  measuredMb,
  limitMb,
}: Preflight["memory"]): number {
  const sum = parts.reduce((total, { mb }) => total + mb, 0);
  return Math.max(sum, estimateMb ?? 0, measuredMb ?? 0, (limitMb ?? 0) * 1.02, 1);
}

/** "about 14.2 GB of 24.0 GB (59 %)"; what was measured counts more than the formula. */
export function memoryWords({ estimateMb, measuredMb, limitMb }: Preflight["memory"]): {
  readonly text: string;
  readonly isOver: boolean;
} {
  const needed = measuredMb ?? estimateMb;
  if (needed === null) return { text: UNKNOWN, isOver: false };
  const figure = `${measuredMb === null ? "about " : "measured "}${formatMemory(needed)}`;
  if (limitMb === null) return { text: figure, isOver: false };
  const isOver = needed > limitMb;
  const share = isOver ? "too much" : formatShare(needed / limitMb);
  return { text: `${figure} of ${formatMemory(limitMb)} (${share})`, isOver };
}
