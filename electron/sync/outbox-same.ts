import { canonical } from "./outbox-columns.ts";

/** Whether two changes say the same, so that one may stand for the other. */
export function isSameChange(
  before: Record<string, unknown> | null,
  after: Record<string, unknown>,
): boolean {
  return before !== null && canonical(before) === canonical(after);
}
