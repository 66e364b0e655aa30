import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./note.module.css";

const ICONS = { info: Info, good: CircleCheck, warning: TriangleAlert, bad: CircleAlert } as const;

type NoteProps = {
  readonly tone: keyof typeof ICONS;
  readonly title?: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
};

/** Something a person has to know, in its place on the page. */
export function Note({ tone, title, children, action }: NoteProps) {
  const Icon = ICONS[tone];
  return (
    <div className={`${styles.note} ${styles[tone]}`} role={tone === "bad" ? "alert" : undefined}>
      <Icon size={15} className={styles.icon} aria-hidden />
      <div className={styles.words}>
        {title !== undefined && <p className={styles.title}>{title}</p>}
        {children !== undefined && <div className={styles.text}>{children}</div>}
      </div>
      {action}
    </div>
  );
}
