import type { RunEvent } from "../../shared/contract/run-folder.ts";

/** When it was written, as the store and the window have times. */
export function eventTime({ ts }: RunEvent): string {
  return new Date(ts * 1000).toISOString();
}
