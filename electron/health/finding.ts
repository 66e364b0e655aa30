import type { JobHealth } from "../../shared/contract/job-facts.ts";

export type HealthKind = JobHealth["kind"];

/** Something about a run that a person should know. */
export interface Finding {
  kind: HealthKind;
  /** What it is about besides the run: a GPU, a fault; empty where there is nothing else. */
  subject: string;
  message: string;
  advice: string;
}

/** Findings of one key are one thing that lasts or comes again. */
export function keyOf({ kind, subject }: Pick<Finding, "kind" | "subject">): string {
  return `${kind} ${subject}`;
}
