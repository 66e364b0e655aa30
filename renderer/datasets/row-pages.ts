/*
 * A long list that is fetched page by page as it comes into sight. Pages are numbered from 0 and
 * kept in the order in which they came, so that the oldest can be let go.
 */
export const PAGE_ROWS = 50;

/** A few screens each way; what is farther away is fetched again when one comes back. */
const KEPT_PAGES = 40;

export type RowPages<R> = ReadonlyMap<number, readonly R[]>;

/** The pages that hold the rows from `first` to `last`; none when nothing is in sight. */
export function pagesInSight(first: number, last: number): readonly number[] {
  if (last < first) return [];
  const firstPage = Math.floor(first / PAGE_ROWS);
  const count = Math.floor(last / PAGE_ROWS) - firstPage + 1;
  return Array.from({ length: count }, (_, index) => firstPage + index);
}

export function withPage<R>(pages: RowPages<R>, page: number, rows: readonly R[]): RowPages<R> {
  const others = [...pages].filter(([number]) => number !== page);
  return new Map([...others.slice(-(KEPT_PAGES - 1)), [page, rows]]);
}

export function rowIn<R>(pages: RowPages<R>, index: number): R | undefined {
  return pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
}
