import { type Notice, noticeHooksSchema } from "../../shared/contract/notifications.ts";
import type { Dispatch } from "../gateway/dispatch.ts";
import type { Hub } from "../gateway/hub.ts";
import { isAtLeast } from "../notices/notice-priority.ts";

/** The part of Electron's `Notification` that is needed. */
export interface SystemNotification {
  on(event: "click", listener: () => void): unknown;
  on(event: "close", listener: () => void): unknown;
  show(): void;
}

export interface DesktopNoticeParts {
  readonly hub: Pick<Hub, "subscribe">;
  readonly dispatch: Dispatch;
  isSupported(): boolean;
  isWindowFocused(): boolean;
  create(options: { title: string; body: string }): SystemNotification;
  /** Brings the window to the front, at this place of the app. */
  open(place: string | null): void;
  readonly log: (message: string, details?: Record<string, unknown>) => void;
}

/** A banner with a whole stack trace helps nobody: the list has the whole text. */
const MOST_CHARACTERS = 300;

/**
 * Shows notices as notifications of the system while the person looks elsewhere. Those of while
 * the app was closed are in its list.
 */
export function showDesktopNotices(parts: DesktopNoticeParts): () => void {
  // What is shown must be held: its click would be lost with it.
  const shown = new Set<SystemNotification>();

  const show = async (notice: Notice): Promise<void> => {
    if (parts.isWindowFocused() || !parts.isSupported()) return;
    const outcome = await parts.dispatch("notices.hooks", {}, "desktop");
    if (!outcome.ok) return;
    const hooks = noticeHooksSchema.parse(outcome.result);
    if (!hooks.isDesktopOn || !isAtLeast(notice.priority, hooks.leastPriority)) return;
    const { title, message } = notice;
    const body =
      message.length > MOST_CHARACTERS ? `${message.slice(0, MOST_CHARACTERS - 1)}…` : message;
    const notification = parts.create({ title, body });
    shown.add(notification);
    notification.on("close", () => shown.delete(notification));
    notification.on("click", () => {
      shown.delete(notification);
      parts.open(notice.actionUrl);
    });
    notification.show();
  };

  return parts.hub.subscribe("notices.added", (notice) => {
    show(notice).catch((error: unknown) => {
      parts.log("A notice could not be shown", { notice: notice.id, error: String(error) });
    });
  });
}
