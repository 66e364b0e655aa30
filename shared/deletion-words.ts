import { assertNever } from "./contract/assert-never.ts";
import type { Deletion } from "./contract/deletion.ts";

/** What a deletion here does elsewhere, in a sentence; the same in the window and on the command line. */
export function deletionWords(what: "job" | "dataset", deletion: Deletion): string {
  switch (deletion.reach) {
    case "machine":
      return `The ${what} is on this computer only.`;
    case "project":
      return what === "job"
        ? "It is deleted in the project as well, for your other machines and your team; copies of its adapter that were downloaded there stay."
        : "It is deleted in the project as well, and so on your other machines.";
    case "copy":
      return deletion.isInProject
        ? `Only the copy on this computer is removed; it stays on ${deletion.workstation} and in the project, and can be downloaded again.`
        : `Only the copy on this computer is removed. The project no longer has the ${what} of ${deletion.workstation}, so it cannot be downloaded again.`;
    default:
      return assertNever(deletion);
  }
}
