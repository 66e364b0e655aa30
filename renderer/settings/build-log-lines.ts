import { cleanLine } from "../jobs/log-lines.ts";

/** Lines shown at most: a build that fails says why at its end. */
const MOST_LINES = 2000;

/**
 * The build log as one text: what the file held when it was asked for, and what was heard since the
 * listening began. Both are whole lines. Some may be in both, because a line is written at once but
 * told a little later; where they agree they are laid over each other.
 */
export function joinBuildLog(written: string, heard: string): readonly string[] {
  const before = linesOf(written);
  const after = linesOf(heard);
  const start = before.findIndex((_line, index) => agrees(before, index, after));
  const end = start === -1 ? before.length : start;
  // The file may already hold more than has been told.
  const isAhead = start !== -1 && before.length - start > after.length;
  const all = isAhead ? before : [...before.slice(0, end), ...after];
  return all.slice(-MOST_LINES).map(cleanLine);
}

function agrees(before: readonly string[], start: number, after: readonly string[]): boolean {
  const shared = Math.min(before.length - start, after.length);
  for (let offset = 0; offset < shared; offset += 1) {
    if (before[start + offset] !== after[offset]) return false;
  }
  return shared > 0;
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
