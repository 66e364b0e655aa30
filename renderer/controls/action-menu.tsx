import { Menu } from "@base-ui/react/menu";
import { Ellipsis } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import styles from "./action-menu.module.css";
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
};

/** The rarer actions of a thing, behind three dots. */
export function ActionMenu({ label, actions }: ActionMenuProps) {
  return (
    <Menu.Root>
      <Menu.Trigger className={buttonStyles.button} aria-label={label}>
        <Ellipsis size={16} aria-hidden />
      </Menu.Trigger>
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
