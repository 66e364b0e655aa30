import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./dialog.module.css";
import buttonStyles from "./icon-button.module.css";

type DialogProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  /** One primary action and what stands beside it. */
  readonly actions: ReactNode;
};

/** A task of its own above the page, that can be left at any time. */
export function Dialog({ isOpen, onClose, title, children, actions }: DialogProps) {
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={styles.popup}>
          <header className={styles.header}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            <Base.Close className={buttonStyles.button} aria-label="Close">
              <X size={15} aria-hidden />
            </Base.Close>
          </header>
          <div className={styles.body}>{children}</div>
          <footer className={styles.actions}>{actions}</footer>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
