import { describe, expect, it } from "vitest";
import { PAGE_ROWS, pagesInSight, rowIn, withPage } from "./row-pages.ts";
import type { RowPages } from "./row-pages.ts";

const rowsOf = (page: number) =>
  Array.from({ length: PAGE_ROWS }, (_, index) => page * PAGE_ROWS + index);

function loaded(pages: readonly number[]): RowPages<number> {
  return pages.reduce<RowPages<number>>(
    (held, page) => withPage(held, page, rowsOf(page)),
    new Map(),
  );
}

describe("pagesInSight", () => {
  it("names every page that is touched", () => {
    expect(pagesInSight(0, 0)).toEqual([0]);
    expect(pagesInSight(0, PAGE_ROWS - 1)).toEqual([0]);
    expect(pagesInSight(PAGE_ROWS - 1, PAGE_ROWS)).toEqual([0, 1]);
    expect(pagesInSight(3 * PAGE_ROWS, 5 * PAGE_ROWS)).toEqual([3, 4, 5]);
  });

  it("names none when nothing is in sight", () => {
    expect(pagesInSight(0, -1)).toEqual([]);
  });
});

describe("pages", () => {
  it("find a row by its place in the whole list", () => {
    const pages = loaded([0, 7]);
    expect(rowIn(pages, 7 * PAGE_ROWS + 3)).toBe(7 * PAGE_ROWS + 3);
    expect(rowIn(pages, 2 * PAGE_ROWS)).toBeUndefined();
  });

  it("let the longest held go first, and never the newest", () => {
    const pages = loaded(Array.from({ length: 60 }, (_, page) => page));
    expect(pages.size).toBe(40);
    expect(pages.has(59)).toBe(true);
    expect(pages.has(19)).toBe(false);
    expect(pages.has(20)).toBe(true);
  });

  it("count a page that comes again as the newest", () => {
    const again = loaded([...Array.from({ length: 40 }, (_, page) => page), 0, 40]);
    expect(again.has(0)).toBe(true);
    expect(again.has(1)).toBe(false);
  });

  it("know a last page that is not full", () => {
    const pages = withPage(new Map<number, readonly string[]>(), 1, ["a", "b"]);
    expect(rowIn(pages, PAGE_ROWS + 1)).toBe("b");
    expect(rowIn(pages, PAGE_ROWS + 2)).toBeUndefined();
  });
});
