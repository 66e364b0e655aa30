import { useLayoutEffect } from "react";
import type { RefObject } from "react";
import type { Span } from "./token-pieces.ts";

/** The name under which token-text.module.css paints them. */
const HIGHLIGHT = "token-tint";

/**
 * Paints spans of the text inside `host` without elements of their own. The parts of the text are
 * elements with `data-start`, the place of their first character in the whole text, in order.
 */
export function useTokenTints(host: RefObject<HTMLElement | null>, tints: readonly Span[]): void {
  useLayoutEffect(() => {
    // An older browser draws the runs all the same, only not the single tokens.
    if (host.current === null || !("highlights" in CSS)) return;
    const highlight = sharedHighlight();
    const ranges = rangesIn(host.current, tints);
    for (const range of ranges) highlight.add(range);
    return () => {
      for (const range of ranges) highlight.delete(range);
    };
  }, [host, tints]);
}

function sharedHighlight(): Highlight {
  const present = CSS.highlights.get(HIGHLIGHT);
  if (present !== undefined) return present;
  const made = new Highlight();
  CSS.highlights.set(HIGHLIGHT, made);
  return made;
}

function rangesIn(host: HTMLElement, tints: readonly Span[]): StaticRange[] {
  const ranges: StaticRange[] = [];
  let next = 0;
  for (const part of host.querySelectorAll<HTMLElement>("[data-start]")) {
    const node = part.firstChild;
    if (!(node instanceof Text)) continue;
    const first = Number(part.dataset["start"]);
    const last = first + node.length;
    for (let tint = tints[next]; tint !== undefined && tint.start < last; tint = tints[next]) {
      ranges.push(
        new StaticRange({
          startContainer: node,
          startOffset: Math.max(0, tint.start - first),
          endContainer: node,
          endOffset: Math.min(node.length, tint.end - first),
        }),
      );
      next += 1;
    }
  }
  return ranges;
}
