import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import styles from "./icon-button.module.css";
import { Tip } from "./tip.tsx";

type IconButtonProps = Omit<ComponentProps<"button">, "children" | "aria-label" | "type"> & {
  /** The accessible name, and the tooltip. */
  readonly label: string;
  readonly icon: LucideIcon;
};

export function IconButton({ label, icon: Icon, className = "", ...rest }: IconButtonProps) {
  return (
    <Tip text={label}>
      <button
        {...rest}
        type="button"
        aria-label={label}
        className={`${styles.button} ${className}`}
      >
        <Icon size={15} aria-hidden />
      </button>
    </Tip>
  );
}
