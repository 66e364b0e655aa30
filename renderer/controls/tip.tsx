import { Tooltip } from "@base-ui/react/tooltip";
import type { ReactElement } from "react";
import styles from "./tip.module.css";

type TipProps = {
  readonly text: string;
  /** One element that takes focus or the pointer. */
  readonly children: ReactElement;
  readonly side?: "top" | "bottom" | "left" | "right";
};

/** A short word about something that is already named: never the only place for a fact. */
export function Tip({ text, children, side = "top" }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner side={side} sideOffset={6} className={styles.positioner}>
          <Tooltip.Popup className={styles.popup}>{text}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
