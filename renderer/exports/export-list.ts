import type { Export } from "../../shared/contract/exports.ts";

/** The list with one export as it is now, newest first. */
export function withExport(exports: readonly Export[], one: Export): readonly Export[] {
  const others = exports.filter(({ id }) => id !== one.id);
  return [...others, one].toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
}

export function isUnderWay({ state }: Export): boolean {
  return state === "queued" || state === "running";
}

/** What was heard of exports, and since which connection: what an earlier core said is over. */
export type HeardExports = { readonly connections: number; readonly list: readonly Export[] };

export function withHeard(heard: HeardExports, connections: number, one: Export): HeardExports {
  return { connections, list: withExport(heardSince(heard, connections), one) };
}

export function heardSince(heard: HeardExports, connections: number): readonly Export[] {
  return heard.connections === connections ? heard.list : [];
}
