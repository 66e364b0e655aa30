import { Menu } from "@base-ui/react/menu";
import { ChevronDown, Ellipsis } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import styles from "./action-menu.module.css";
import { buttonClass } from "./button.tsx";
import buttonStyles from "./icon-button.module.css";

export type MenuAction = {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly onSelect: () => void;
  readonly isDestructive?: boolean;
  readonly isDisabled?: boolean;
};

type ActionMenuProps = {
  readonly label: string;
  readonly actions: readonly MenuAction[];
  /** Behind a button that has one main action, this arrow opens the others. */
  readonly look?: "dots" | "arrow";
};

/** The rarer actions of a thing, behind three dots. */
export function ActionMenu({ label, actions, look = "dots" }: ActionMenuProps) {
  return (
    <Menu.Root>
      {look === "dots" ? (
        <Menu.Trigger className={buttonStyles.button} aria-label={label}>
          <Ellipsis size={16} aria-hidden />
        </Menu.Trigger>
      ) : (
        <Menu.Trigger className={`${buttonClass({})} ${styles.arrow}`} aria-label={label}>
          <ChevronDown size={14} aria-hidden />
        </Menu.Trigger>
      )}
      <Menu.Portal>
        <Menu.Positioner className={styles.positioner} align="end" sideOffset={4}>
          <Menu.Popup className={styles.popup}>
            {actions.map(({ label: name, icon: Icon, onSelect, isDestructive, isDisabled }) => (
              <Menu.Item
                key={name}
                className={`${styles.item} ${isDestructive === true ? styles.destructive : ""}`}
                disabled={isDisabled === true}
                onClick={onSelect}
              >
                <Icon size={14} aria-hidden />
                {name}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
