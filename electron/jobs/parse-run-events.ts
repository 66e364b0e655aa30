import { z } from "zod";
import { type RunEvent, runEventSchema } from "../../shared/contract/run-folder.ts";
import { isPlainStepEvent } from "./metrics-step-event.ts";

/** The times that a JavaScript date can hold, in seconds. */
const LAST_SECOND = 8.64e12;

export interface ParsedEvents {
  events: RunEvent[];
  /** One sentence for each line that is no event of this run. */
  problems: string[];
}

/** Never throws: a line that cannot be read is a problem to report, not a reason to stop. */
export function parseRunEvents(lines: readonly string[], runId: string): ParsedEvents {
  const parsed: ParsedEvents = { events: [], problems: [] };
  for (const line of lines) {
    const result = parseLine(line, runId);
    if (typeof result === "string") parsed.problems.push(result);
    else parsed.events.push(result);
  }
  return parsed;
}

function parseLine(line: string, runId: string): RunEvent | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return `it is not JSON: ${excerpt(line)}`;
  }
  let event: RunEvent;
  if (isPlainStepEvent(value, runId)) {
    event = value;
  } else {
    const result = runEventSchema.safeParse(value);
    if (!result.success) {
      return `${z.prettifyError(result.error).replaceAll(/\s+/g, " ")}: ${excerpt(line)}`;
    }
    event = result.data;
  }
  if (event.run !== runId) return `it belongs to run ${event.run}`;
  if (Math.abs(event.ts) > LAST_SECOND) return `its time is ${event.ts}`;
  return event;
}

function excerpt(line: string): string {
  const visible = line.replaceAll(/\p{Cc}/gu, "\u{fffd}");
  return visible.length > 120 ? `${visible.slice(0, 120)}…` : visible;
}
