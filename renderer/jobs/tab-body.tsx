import type { ReactNode } from "react";
import styles from "./tab-body.module.css";

type TabBodyProps = { readonly width?: "measure" | "full"; readonly children: ReactNode };

/** The scrolling content of a tab, which needs more room above it than a page has. */
export function TabBody({ width = "full", children }: TabBodyProps) {
  return (
    <div className={styles.body}>
      <div className={`${styles.content} ${styles[width]}`}>{children}</div>
    </div>
  );
}
