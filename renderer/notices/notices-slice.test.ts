import { describe, expect, it } from "vitest";
import type { Notice } from "../../shared/contract/notifications.ts";
import { ready, valueOr } from "../core/loadable.ts";
import { emptyNoticesSlice, markRead, receiveNotice } from "./notices-slice.ts";
import type { NoticesSlice } from "./notices-slice.ts";

const notice = (id: string, isRead = false): Notice => ({
  id,
  isRead,
  type: "job_completed",
  title: id,
  message: "",
  priority: "normal",
  actionUrl: null,
  createdAt: "2026-03-05T12:00:00.000Z",
});
const slice = (...notices: readonly Notice[]): NoticesSlice => ({
  notices: ready({ unread: notices.filter(({ isRead }) => !isRead).length, notices }),
});
const shown = ({ notices }: NoticesSlice) => {
  const list = valueOr(notices, null);
  return [list?.unread, list?.notices.map(({ id, isRead }) => `${id}${isRead ? "" : "*"}`)];
};

describe("receiveNotice", () => {
  it("puts a new one in front and counts it", () => {
    expect(shown(receiveNotice(slice(notice("a")), notice("b")))).toEqual([2, ["b*", "a*"]]);
  });

  it("takes each one once, and waits for the list", () => {
    const held = slice(notice("a"));
    expect(receiveNotice(held, notice("a")).notices).toBe(held.notices);
    expect(receiveNotice(emptyNoticesSlice, notice("a"))).toEqual(emptyNoticesSlice);
  });
});

describe("markRead", () => {
  it("marks one, or all, and counts what is left", () => {
    const held = slice(notice("a"), notice("b"), notice("c", true));
    expect(shown(markRead(held, "a"))).toEqual([1, ["a", "b*", "c"]]);
    expect(shown(markRead(held, "c"))).toEqual([2, ["a*", "b*", "c"]]);
    expect(shown(markRead(held, null))).toEqual([0, ["a", "b", "c"]]);
  });
});
