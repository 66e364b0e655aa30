/** What is needed of a BrowserWindow to hold back its closing. */
export interface ClosingWindow {
  on(event: "close", listener: (event: { preventDefault(): void }) => void): unknown;
  isDestroyed(): boolean;
  close(): void;
}

export interface CloseGuard {
  /** From now on the window closes without a question: the computer is shutting down. */
  letGo(): void;
}

/**
 * Holds the window's closing until `mayClose` has answered.
 *
 *   open ──close──▶ asking ──yes──▶ closing
 *    ▲                │ no
 *    └────────────────┘
 */
export function guardClosing(
  window: ClosingWindow,
  mayClose: () => Promise<boolean>,
  beforeClose: () => void,
): CloseGuard {
  let phase: "open" | "asking" | "closing" = "open";
  window.on("close", (event) => {
    if (phase === "closing") {
      beforeClose();
      return;
    }
    event.preventDefault();
    if (phase === "asking") return;
    phase = "asking";
    mayClose()
      // A notice that cannot be shown must not lock the window.
      .catch(() => true)
      .then((answer) => {
        if (phase !== "asking") return;
        phase = answer ? "closing" : "open";
        if (answer && !window.isDestroyed()) window.close();
      })
      .catch(() => undefined);
  });
  return {
    letGo: () => {
      phase = "closing";
    },
  };
}
