import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { AppError } from "../../shared/app-error.ts";
import styles from "./toasts.module.css";

const NOTICE_MS = 6_000;
const UNDO_MS = 10_000;

type ToastsProps = { readonly children: ReactNode };

/** Short messages in the corner, for what has just been done. */
export function Toasts({ children }: ToastsProps) {
  return (
    <Toast.Provider timeout={NOTICE_MS} limit={4}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles.toast} swipeDirection="right">
      <Toast.Content className={styles.content}>
        <div className={styles.words}>
          <Toast.Title className={styles.title} />
          <Toast.Description className={styles.description} />
        </div>
        <Toast.Action className={styles.action} />
        <Toast.Close className={styles.close} aria-label="Dismiss">
          <X size={14} aria-hidden />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}

export type Notify = {
  readonly done: (title: string, description?: string) => void;
  /** Says what was done and offers to take it back for some seconds. */
  readonly undoable: (title: string, undo: () => void, description?: string) => void;
  readonly failed: (error: AppError) => void;
};

export function useNotify(): Notify {
  const { add, close } = Toast.useToastManager();
  return useMemo(
    () => ({
      done: (title, description) => {
        add({ title, description });
      },
      undoable: (title, undo, description) => {
        const id = add({
          title,
          description,
          timeout: UNDO_MS,
          actionProps: {
            children: "Undo",
            onClick: () => {
              close(id);
              undo();
            },
          },
        });
      },
      failed: (error) => {
        add({
          title: "That did not work",
          description: error.message,
          timeout: 0,
          priority: "high",
        });
      },
    }),
    [add, close],
  );
}
