import type { Notice } from "../../shared/contract/notifications.ts";
import { LOADING, ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";

export type NoticeList = { readonly unread: number; readonly notices: readonly Notice[] };
export type NoticesSlice = { readonly notices: Loadable<NoticeList> };

export const emptyNoticesSlice: NoticesSlice = { notices: LOADING };

/** An event may come before the list that holds it, or after. */
export function receiveNotice({ notices }: NoticesSlice, notice: Notice): NoticesSlice {
  if (notices.state !== "ready") return { notices };
  const { value } = notices;
  if (value.notices.some(({ id }) => id === notice.id)) return { notices };
  return {
    notices: ready({
      unread: value.unread + (notice.isRead ? 0 : 1),
      notices: [notice, ...value.notices],
    }),
  };
}

/** Null marks all. */
export function markRead({ notices }: NoticesSlice, id: string | null): NoticesSlice {
  if (notices.state !== "ready") return { notices };
  const { value } = notices;
  const isMeant = (one: Notice): boolean => !one.isRead && (id === null || one.id === id);
  const count = value.notices.filter(isMeant).length;
  return {
    notices: ready({
      unread: id === null ? 0 : value.unread - count,
      notices: value.notices.map((one) => (isMeant(one) ? { ...one, isRead: true } : one)),
    }),
  };
}
