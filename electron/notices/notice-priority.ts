import type { Notice } from "../../shared/contract/notifications.ts";

const ORDER: readonly Notice["priority"][] = ["low", "normal", "high", "urgent"];

export function isAtLeast(priority: Notice["priority"], least: Notice["priority"]): boolean {
  return ORDER.indexOf(priority) >= ORDER.indexOf(least);
}
