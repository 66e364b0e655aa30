import type { Job, JobOf } from "../../shared/contract/jobs.ts";

export type QueuedJob = JobOf<"queued">;

/** The queued jobs, the next one first; those that the order does not know yet come last. */
export function inQueueOrder(jobs: readonly Job[], order: readonly string[]): readonly QueuedJob[] {
  const places = new Map(order.map((id, place) => [id, place]));
  const placeOf = ({ id }: QueuedJob): number => places.get(id) ?? order.length;
  return jobs
    .filter((job) => job.status === "queued")
    .toSorted((a, b) => placeOf(a) - placeOf(b) || a.queuedAt.localeCompare(b.queuedAt));
}

export type Move = { readonly id: string; readonly beforeId: string | null };

/** One place up or down; null at the end of the queue. */
export function moveBy(order: readonly string[], id: string, by: -1 | 1): Move | null {
  const from = order.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= order.length) return null;
  return { id, beforeId: order[by < 0 ? to : to + 1] ?? null };
}

/** Where a job lands that is dropped on the upper or lower half of another; null: where it was. */
export function moveOnto(
  order: readonly string[],
  id: string,
  onto: { readonly id: string; readonly isLowerHalf: boolean },
): Move | null {
  const at = order.indexOf(onto.id) + (onto.isLowerHalf ? 1 : 0);
  const from = order.indexOf(id);
  if (from < 0 || at === from || at === from + 1) return null;
  return { id, beforeId: order[at] ?? null };
}

export function moved(order: readonly string[], { id, beforeId }: Move): readonly string[] {
  const others = order.filter((one) => one !== id);
  const at = beforeId === null ? -1 : others.indexOf(beforeId);
  return others.toSpliced(at < 0 ? others.length : at, 0, id);
}
