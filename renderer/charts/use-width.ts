import { useLayoutEffect, useState } from "react";
import type { RefObject } from "react";

/** The width of an element in whole CSS pixels; 0 until it is known. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measured = element.current;
    if (measured === null) return;
    const observer = new ResizeObserver(() =>
      setWidth(Math.floor(measured.getBoundingClientRect().width)),
    );
    observer.observe(measured);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
