import type { Elsewhere } from "./contract/elsewhere.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const ENDED: readonly string[] = ["completed", "stopped", "failed", "draft"];

/** A job that has ended, or whose machine has not been heard of for a day. */
export function deletableElsewhere(
  { status, updated_at }: Pick<Elsewhere["jobs"][number], "status" | "updated_at">,
  nowMs: number,
): boolean {
  return ENDED.includes(status) || nowMs - Date.parse(updated_at) > DAY_MS;
}

/** What goes with an own row of another machine that is deleted in the project, and what stays. */
export function elsewhereDeletionWords(
  what: "job" | "dataset" | "adapter",
  workstation: string | null,
): string {
  const machine = workstation ?? "the machine that has it";
  switch (what) {
    case "job":
      return `Its row, its curve and its adapters with their files are deleted in the project, for all your machines and your teams. If ${machine} still exists, it keeps its own copy, which is not synced any more. Costs stay in the ledger.`;
    case "adapter":
      return `Its row and its files are deleted in the project, for all your machines and your teams. If ${machine} still exists, the adapter is not shown there any more either.`;
    case "dataset":
      return "It is deleted in the project, and so on all your machines. The machine that has it can restore it for 30 days and removes its file from the project after that; where that machine is gone for good, remove the file in the project’s dashboard (Storage, lora-datasets).";
  }
}
