import type { ReactNode, RefObject, UIEvent } from "react";

type ScrollRegionProps = {
  readonly label: string;
  readonly role?: "region" | "log";
  readonly className: string | undefined;
  readonly element?: RefObject<HTMLDivElement | null>;
  readonly onScroll?: (event: UIEvent<HTMLDivElement>) => void;
  readonly children: ReactNode;
};

/** A part of the page that scrolls on its own, and so has to be reachable by keyboard. */
export function ScrollRegion(props: ScrollRegionProps) {
  const { label, role = "region", className, element, onScroll, children } = props;
  return (
    <div
      ref={element}
      role={role}
      aria-label={label}
      aria-live="off"
      className={className}
      onScroll={onScroll}
      // Arrow keys scroll only what has the focus.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      {children}
    </div>
  );
}
