import type { Export } from "../../shared/contract/exports.ts";

/** The list with one export as it is now, newest first. */
export function withExport(exports: readonly Export[], one: Export): readonly Export[] {
  const others = exports.filter(({ id }) => id !== one.id);
  return [...others, one].toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
}

export function isUnderWay({ state }: Export): boolean {
  return state === "queued" || state === "running";
}
