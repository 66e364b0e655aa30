import { useVirtualizer } from "@tanstack/react-virtual";
import type { ReactVirtualizer } from "@tanstack/react-virtual";
import type { RefObject } from "react";

type VirtualRowsOptions = {
  readonly count: number;
  readonly scroller: RefObject<HTMLElement | null>;
  /** A first guess in CSS pixels; every row is measured once it is drawn. */
  readonly rowHeight: number;
  readonly overscan: number;
};

/** Rows of a long list, of which only those in sight are drawn. */
export function useVirtualRows(
  options: VirtualRowsOptions,
): ReactVirtualizer<HTMLElement, HTMLElement> {
  const { count, scroller, rowHeight, overscan } = options;
  // What it returns changes under the same identity, which is why nothing here is memoised.
  // oxlint-disable-next-line react/incompatible-library
  return useVirtualizer<HTMLElement, HTMLElement>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan,
  });
}
