import { AppError } from "../../shared/app-error.ts";
import type { JobLedger } from "./job-ledger.ts";

/**
 * Whether a job may wait for another one.
 *
 * @param id null for a job that is about to be created.
 * @throws AppError `invalid_input` when that one is not there, or waits for this one in turn.
 */
export function checkPredecessor(
  ledger: JobLedger,
  id: string | null,
  afterJobId: string | null,
): void {
  let next = afterJobId;
  for (const seen = new Set<string>(); next !== null && !seen.has(next);) {
    seen.add(next);
    if (next === id) {
      throw new AppError(
        "invalid_input",
        "A job cannot wait for itself, nor for one that waits for it.",
      );
    }
    const record = ledger.find(next);
    if (record === null && next === afterJobId) {
      throw new AppError("invalid_input", `There is no job ${next} to wait for.`);
    }
    next = record?.accounting.afterJobId ?? null;
  }
}
