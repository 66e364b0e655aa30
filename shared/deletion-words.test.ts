import { expect, test } from "vitest";
import { deletionWords } from "./deletion-words.ts";

test("what goes and what stays is told by name", () => {
  expect(deletionWords("job", { reach: "machine" })).toBe("The job is on this computer only.");
  expect(deletionWords("dataset", { reach: "project" })).toBe(
    "It is deleted in the project as well, and so on your other machines.",
  );
  expect(deletionWords("job", { reach: "project" })).toContain("copies of its adapter");
  const copy = { reach: "copy", workstation: "lab-2" } as const;
  expect(deletionWords("job", { ...copy, isInProject: true })).toBe(
    "Only the copy on this computer is removed; it stays on lab-2 and in the project, and can be downloaded again.",
  );
  expect(deletionWords("job", { ...copy, isInProject: false })).toContain("cannot be downloaded");
});
