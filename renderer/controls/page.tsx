import type { ReactNode } from "react";
import styles from "./page.module.css";

type PageProps = {
  readonly title: string;
  /** The window's title where it says more than the page's own. */
  readonly windowTitle?: string;
  /** One line of state. */
  readonly state?: ReactNode;
  /** One primary action, and at most a few quiet ones before it. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

/** The frame of every view: header above, content below. */
export function Page({ title, windowTitle, state, actions, children }: PageProps) {
  return (
    <main className={styles.page} id="content" tabIndex={-1}>
      <title>{`${windowTitle ?? title} · LoRA Desk`}</title>
      <header className={styles.header}>
        <div className={styles.words}>
          <h1 className={styles.title}>{title}</h1>
          {state !== undefined && <div className={styles.state}>{state}</div>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </main>
  );
}

type PageBodyProps = {
  readonly width?: "measure" | "full";
  readonly children: ReactNode;
};

/** The scrolling content below the header. */
export function PageBody({ width = "full", children }: PageBodyProps) {
  return (
    <div className={styles.body}>
      <div className={`${styles.content} ${styles[width]}`}>{children}</div>
    </div>
  );
}
