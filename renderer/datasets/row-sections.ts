/*
 * A browser cannot lay out a list of millions of rows: its height has a limit. So a long one is
 * shown in sections, each of which scrolls as one piece.
 */
export const SECTION_ROWS = 10_000;

export type RowSection = {
  /** The first row, counted from 0, and the one after the last. */
  readonly start: number;
  readonly end: number;
};

/** The section that holds a row. A row beyond the end is taken for the last one. */
export function sectionOf(index: number, total: number, rows = SECTION_ROWS): RowSection {
  const within = Math.max(0, Math.min(index, total - 1));
  const start = Math.floor(within / rows) * rows;
  return { start, end: Math.min(start + rows, total) };
}

/** The place of the row that a person has typed, counted from 0; null when it is no row's number. */
export function placeOf(typed: string, total: number): number | null {
  const digits = typed.replaceAll(/[\s,.']/g, "");
  if (!/^\d+$/.test(digits)) return null;
  const number = Number(digits);
  return number >= 1 && number <= total ? number - 1 : null;
}
