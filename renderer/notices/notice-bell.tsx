import { Popover } from "@base-ui/react/popover";
import { Bell } from "lucide-react";
import { useState } from "react";
import buttonStyles from "../controls/icon-button.module.css";
import { valueOr } from "../core/loadable.ts";
import { formatCountOf } from "../format/numbers.ts";
import styles from "./notice-bell.module.css";
import { NoticePanel } from "./notice-panel.tsx";
import { useNotices } from "./use-notices.ts";

const MOST_SHOWN = 99;

/** Opens what has been told, from everywhere; the number is of what nobody has read yet. */
export function NoticeBell() {
  const desk = useNotices();
  const [isOpen, setIsOpen] = useState(false);
  const unread = valueOr(desk.notices, null)?.unread ?? 0;
  const label =
    unread === 0 ? "Notifications" : `Notifications, ${formatCountOf(unread, "unread", "unread")}`;
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger className={`${buttonStyles.button} ${styles.bell}`} aria-label={label}>
        <Bell size={15} aria-hidden />
        {unread > 0 && (
          <span className={styles.count} aria-hidden>
            {unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}
          </span>
        )}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner
          className={styles.positioner}
          side="bottom"
          align="start"
          sideOffset={6}
          collisionPadding={8}
        >
          <Popover.Popup className={styles.popup}>
            <NoticePanel desk={desk} onLeave={() => setIsOpen(false)} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
