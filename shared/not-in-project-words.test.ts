import { expect, it } from "vitest";
import {
  NOTHING_OWED,
  notInProjectSentence,
  notInProjectWords,
  signedOutWords,
} from "./not-in-project-words.ts";

it("names everything that is not in the project", () => {
  const much = {
    ...NOTHING_OWED,
    waiting: 3,
    waitingPoints: 12_400,
    waitingCurves: 1,
    waitingFiles: 1,
  };
  expect(notInProjectWords(much)).toBe("3 changes, 12,400 points of 1 curve and 1 file");
  expect(notInProjectWords({ ...NOTHING_OWED, waiting: 1, attention: 1, failedFiles: 2 })).toBe(
    "2 changes (1 needs attention) and 2 files (failed)",
  );
  expect(notInProjectSentence({ ...NOTHING_OWED, waiting: 1 })).toBe(
    "1 change is not in the project yet.",
  );
  expect(notInProjectSentence({ ...NOTHING_OWED, waitingPoints: 2, waitingCurves: 1 })).toBe(
    "2 points of 1 curve are not in the project yet.",
  );
});

it("says that all is in the project only where nothing is missing, and where that is known", () => {
  expect(notInProjectWords(NOTHING_OWED)).toBeNull();
  expect(signedOutWords(NOTHING_OWED)).toBe("All of it is in the project.");
  for (const key of ["waiting", "attention", "waitingPoints", "waitingFiles", "failedFiles"]) {
    expect(signedOutWords({ ...NOTHING_OWED, [key]: 1 })).not.toContain("All of it");
  }
  expect(signedOutWords(null)).toContain("not known");
});
