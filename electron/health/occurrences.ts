import type { JobHealth } from "../../shared/contract/job-facts.ts";
import { type Finding, keyOf } from "./finding.ts";

/** A finding that lasts, or has lasted: told once. */
export interface Occurrence extends Finding {
  since: string;
  /** Null while it lasts. */
  clearedAt: string | null;
}

export interface Assessed {
  /** The latest of each key. */
  occurrences: ReadonlyMap<string, Occurrence>;
  /** To be told. */
  begun: readonly Occurrence[];
  cleared: readonly Occurrence[];
  /** Comes again before it was quiet for long: the same one goes on. */
  reopened: readonly Occurrence[];
  health: JobHealth | null;
}

/** What comes again this soon is the same occurrence and is not told again. */
const SAME_WITHIN_MS = 10 * 60_000;

/**
 * What the findings of now mean, given those of before: what is new, what goes on, what is over.
 * An occurrence keeps the words it began with.
 */
export function followOccurrences(
  before: ReadonlyMap<string, Occurrence>,
  findings: readonly Finding[],
  now: Date,
): Assessed {
  const at = now.toISOString();
  const occurrences = new Map(before);
  const begun: Occurrence[] = [];
  const reopened: Occurrence[] = [];
  const present = new Set<string>();
  for (const finding of findings) {
    const key = keyOf(finding);
    if (present.has(key)) continue;
    present.add(key);
    const known = occurrences.get(key);
    if (known !== undefined && known.clearedAt === null) continue;
    if (known !== undefined && isSame(known, now)) {
      const again = { ...known, clearedAt: null };
      occurrences.set(key, again);
      reopened.push(again);
      continue;
    }
    const fresh = { ...finding, since: at, clearedAt: null };
    occurrences.set(key, fresh);
    begun.push(fresh);
  }
  const cleared: Occurrence[] = [];
  for (const [key, occurrence] of occurrences) {
    if (occurrence.clearedAt !== null || present.has(key)) continue;
    const over = { ...occurrence, clearedAt: at };
    occurrences.set(key, over);
    cleared.push(over);
  }
  return { occurrences, begun, cleared, reopened, health: healthOf(occurrences, findings) };
}

function isSame({ clearedAt }: Occurrence, now: Date): boolean {
  return clearedAt !== null && now.getTime() - Date.parse(clearedAt) < SAME_WITHIN_MS;
}

function healthOf(
  occurrences: ReadonlyMap<string, Occurrence>,
  [worst]: readonly Finding[],
): JobHealth | null {
  const occurrence = worst === undefined ? undefined : occurrences.get(keyOf(worst));
  if (occurrence === undefined) return null;
  const { kind, since, message, advice } = occurrence;
  return { kind, since, message, advice };
}
