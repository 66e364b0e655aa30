import type { NotInProject } from "./contract/sync.ts";

export const NOTHING_OWED: NotInProject = {
  waiting: 0,
  attention: 0,
  waitingPoints: 0,
  waitingCurves: 0,
  waitingFiles: 0,
  failedFiles: 0,
};

const wholeNumber = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** "3 changes, 12,400 points of 1 curve and 1 file"; null where nothing is missing there. */
export function notInProjectWords(missing: NotInProject): string | null {
  const { attention, failedFiles, waitingPoints, waitingCurves } = missing;
  const parts: string[] = [];
  const add = (value: number, noun: string, more = "") => {
    if (value > 0) parts.push(`${countOf(value, noun)}${more}`);
  };
  const urgent = attention === 1 ? "needs attention" : "need attention";
  const changes = missing.waiting + attention;
  const files = missing.waitingFiles + failedFiles;
  add(changes, "change", ofThese(attention, changes, urgent));
  add(waitingPoints, "point", ` of ${countOf(waitingCurves, "curve")}`);
  add(files, "file", ofThese(failedFiles, files, "failed"));
  const last = parts.pop();
  if (last === undefined) return null;
  return parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
}

/** The same as a sentence: "3 changes and 1 file are not in the project yet." */
export function notInProjectSentence(missing: NotInProject): string | null {
  const words = notInProjectWords(missing);
  if (words === null) return null;
  return `${words} ${total(missing) === 1 ? "is" : "are"} not in the project yet.`;
}

/** What becomes of what waits in an account's file; null: its file cannot be read. */
export function signedOutWords(missing: NotInProject | null): string {
  if (missing === null) {
    return "Its file on this computer cannot be read now, so what waits in it is not known.";
  }
  const sentence = notInProjectSentence(missing);
  if (sentence === null) return "All of it is in the project.";
  return `${sentence} This stays on this computer and is sent after the next sign-in.`;
}

function total(missing: NotInProject): number {
  const { waiting, attention, waitingPoints, waitingFiles, failedFiles } = missing;
  return waiting + attention + waitingPoints + waitingFiles + failedFiles;
}

function countOf(value: number, noun: string): string {
  return `${wholeNumber.format(value)} ${noun}${value === 1 ? "" : "s"}`;
}

function ofThese(value: number, all: number, words: string): string {
  if (value === 0) return "";
  return value === all ? ` (${words})` : ` (${wholeNumber.format(value)} ${words})`;
}
