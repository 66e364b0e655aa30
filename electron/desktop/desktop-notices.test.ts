import { EventEmitter } from "node:events";
import { expect, test, vi } from "vitest";
import { type Notice, noticeHooksSchema } from "../../shared/contract/notifications.ts";
import type { Dispatch } from "../gateway/dispatch.ts";
import { Hub } from "../gateway/hub.ts";
import { showDesktopNotices, type SystemNotification } from "./desktop-notices.ts";

const notice: Notice = {
  id: "0b0e7e5c-2f43-8a63-9d3c-6b7a0f3a1c55",
  type: "job_completed",
  title: "Done: tone",
  message: "All steps are trained.",
  priority: "normal",
  isRead: false,
  actionUrl: "/jobs/1",
  createdAt: "2026-03-01T10:00:00.000Z",
};

class FakeNotification extends EventEmitter implements SystemNotification {
  isShown = false;
  show(): void {
    this.isShown = true;
  }
}

function desktop(over: { isFocused?: boolean; hooks?: object } = {}) {
  const hub = new Hub();
  const created: { options: { title: string; body: string }; notification: FakeNotification }[] =
    [];
  const result = noticeHooksSchema.parse(over.hooks ?? {});
  const dispatch = vi.fn<Dispatch>(() => Promise.resolve({ ok: true, result }));
  const open = vi.fn<(place: string | null) => void>();
  const stop = showDesktopNotices({
    hub,
    dispatch,
    open,
    isSupported: () => true,
    isWindowFocused: () => over.isFocused ?? false,
    create: (options) => {
      const notification = new FakeNotification();
      created.push({ options, notification });
      return notification;
    },
    log: () => undefined,
  });
  /** Until the shell has asked whether and has shown it or not. */
  const tell = async (told: Notice) => {
    hub.publish("notices.added", told);
    await vi.waitFor(() => Promise.all(dispatch.mock.results.map(({ value }) => value as unknown)));
  };
  return { tell, created, open, stop, dispatch };
}

test("a notice is shown while the person looks elsewhere; a click leads to it", async () => {
  const { tell, created, open } = desktop();
  await tell(notice);
  expect(created).toMatchObject([
    { options: { title: "Done: tone", body: notice.message }, notification: { isShown: true } },
  ]);
  created[0]?.notification.emit("click");
  expect(open).toHaveBeenCalledExactlyOnceWith("/jobs/1");
});

test("before the person's eyes nothing pops up", async () => {
  const { tell, created, dispatch } = desktop({ isFocused: true });
  await tell(notice);
  expect(created).toEqual([]);
  expect(dispatch).not.toHaveBeenCalled();
});

test("what is switched off, or matters less than asked for, is not shown", async () => {
  const off = desktop({ hooks: { isDesktopOn: false } });
  await off.tell(notice);
  const quiet = desktop({ hooks: { leastPriority: "high" } });
  await quiet.tell(notice);
  await quiet.tell({ ...notice, priority: "urgent", message: "x".repeat(500) });
  expect(off.created).toEqual([]);
  expect(quiet.created.map(({ options }) => options.body.length)).toEqual([300]);
});

test("once ended, nothing more is shown", async () => {
  const { tell, created, stop } = desktop();
  stop();
  await tell(notice);
  expect(created).toEqual([]);
});
