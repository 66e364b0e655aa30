import type { PreviewRow } from "../../shared/contract/datasets.ts";

/** A row within these bounds is shown whole; any other is closed until it is asked for. */
export const SHORT_TURNS = 6;
const SHORT_CHARACTERS = 480;
const SHORT_LINES = 5;

export function isLongRow({ turns }: PreviewRow): boolean {
  return (
    turns.length > SHORT_TURNS ||
    turns.some(
      ({ text }) => text.length > SHORT_CHARACTERS || text.split("\n").length > SHORT_LINES,
    )
  );
}
