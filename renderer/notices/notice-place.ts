export type NoticePlace = { readonly kind: "job" | "dataset"; readonly id: string };

/** What a notice's path names; null for none, or for one that this window does not know. */
export function noticePlace(actionUrl: string | null): NoticePlace | null {
  const [, section, id] = /^\/(jobs|datasets)\/([0-9a-f-]{36})$/.exec(actionUrl ?? "") ?? [];
  if (section === undefined || id === undefined) return null;
  return { kind: section === "jobs" ? "job" : "dataset", id };
}
