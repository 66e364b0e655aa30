import type { JobDryRun } from "../../shared/contract/job-facts.ts";
import { formatMemory } from "../format/bytes.ts";
import { formatCountOf } from "../format/numbers.ts";

/** "4 rows × 2,048 tokens". */
export function batchWords({ rows, longestTokens }: JobDryRun): string {
  return `${formatCountOf(rows, "row")} × ${formatCountOf(longestTokens, "token")}`;
}

/** "9.2 GB of 24.0 GB"; without a known limit, "9.2 GB". */
export function memoryWords({ memoryMb, memoryLimitMb }: JobDryRun): string {
  if (memoryLimitMb === null) return formatMemory(memoryMb);
  return `${formatMemory(memoryMb)} of ${formatMemory(memoryLimitMb)}`;
}
