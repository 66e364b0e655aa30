import type { Notice } from "../../shared/contract/notifications.ts";

/** What is to be told of one event. */
export interface NoticeDraft extends Omit<Notice, "id" | "isRead"> {
  /** Names the event for good: a second draft of the same event is not added. */
  event: string;
  /** For programs that read the list: ids and numbers, never secrets. */
  metadata: Record<string, string | number | null>;
}
