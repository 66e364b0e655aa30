import type { JobAccounting } from "../../shared/contract/job-facts.ts";

export interface QueuePlace {
  readonly id: string;
  /** An interrupted run goes on before others begin, whatever their priority. */
  readonly hasPriority: boolean;
  readonly priority: JobAccounting["priority"];
  readonly queueRank: number;
  readonly queuedAt: string;
}

const WEIGHTS: Readonly<Record<JobAccounting["priority"], number>> = { high: 0, normal: 1, low: 2 };

/** Whose turn comes first: for sorting. No two jobs are equal. */
export function inTurn(a: QueuePlace, b: QueuePlace): number {
  if (a.hasPriority !== b.hasPriority) return a.hasPriority ? -1 : 1;
  if (a.priority !== b.priority) return WEIGHTS[a.priority] - WEIGHTS[b.priority];
  if (a.queueRank !== b.queueRank) return a.queueRank - b.queueRank;
  if (a.queuedAt !== b.queuedAt) return a.queuedAt < b.queuedAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/**
 * The queue with one job put before another one (null: at the end), in turn. The moved one takes
 * over the priority of the one it was put before, or of the one that was last: else it would not
 * stay there.
 *
 * @returns all places with ranks anew; null when either job is not in the queue.
 */
export function moveInQueue<P extends QueuePlace>(
  queue: readonly P[],
  id: string,
  beforeId: string | null,
): P[] | null {
  const others = [...queue].sort(inTurn).filter((place) => place.id !== id);
  const moved = queue.find((place) => place.id === id);
  const at = beforeId === null ? others.length : others.findIndex((one) => one.id === beforeId);
  if (moved === undefined || (at < 0 && beforeId !== id)) return null;
  const neighbour = beforeId === id ? moved : (others[at] ?? others.at(-1) ?? moved);
  const place = { ...moved, priority: neighbour.priority, hasPriority: neighbour.hasPriority };
  const index = beforeId === id ? [...queue].sort(inTurn).indexOf(moved) : at;
  return others.toSpliced(index, 0, place).map((one, queueRank) => ({ ...one, queueRank }));
}
