import { assertNever } from "./contract/assert-never.ts";
import type { Deletion } from "./contract/deletion.ts";

/** What a deletion here does elsewhere, in a sentence; the same in the window and on the command line. */
export function deletionWords(what: "job" | "dataset", deletion: Deletion): string {
  switch (deletion.reach) {
    case "machine":
      return `The ${what} is on this computer only.`;
    case "project":
      return `It is deleted in the project as well: your other machines and your team do not see the ${what} any more.`;
    case "copy":
      return deletion.isInProject
        ? `Only the copy on this computer is removed; it stays on ${deletion.workstation} and in the project, and can be downloaded again.`
        : `Only the copy on this computer is removed. The project no longer has the ${what} of ${deletion.workstation}, so it cannot be downloaded again.`;
    default:
      return assertNever(deletion);
  }
}
