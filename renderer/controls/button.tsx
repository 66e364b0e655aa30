import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import styles from "./button.module.css";

type ButtonLook = {
  readonly look?: "primary" | "plain" | "quiet" | "danger";
  readonly size?: "medium" | "small";
};

/** For what looks like a button but is something else, such as a link. */
export function buttonClass({ look = "plain", size = "medium" }: ButtonLook): string {
  return `${styles.button} ${styles[look]} ${styles[size]}`;
}

type ButtonProps = Omit<ComponentProps<"button">, "type"> &
  ButtonLook & {
    readonly icon?: LucideIcon;
    /** Sends the form it stands in. */
    readonly isSubmit?: boolean;
    /** Under way: cannot be pressed again, and says so to assistive technology. */
    readonly isBusy?: boolean;
  };

export function Button({
  look = "plain",
  size = "medium",
  icon: Icon,
  isSubmit = false,
  isBusy = false,
  className = "",
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={isSubmit ? "submit" : "button"}
      className={`${buttonClass({ look, size })} ${className}`}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy || undefined}
    >
      {Icon !== undefined && <Icon size={size === "small" ? 13 : 14} aria-hidden />}
      {children}
    </button>
  );
}
