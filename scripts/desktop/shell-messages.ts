/** What the test tells the stand-in to do, as page (`invoke`, `send`) or person (`close`). */
export type ShellOrder =
  | { do: "invoke"; id: number; channel: string; message: unknown }
  | { do: "send"; channel: string; message: unknown }
  | { do: "close" };

/** What the test hears: answers to its orders, and what main did with the window. */
export type ShellReport =
  | { id: number; answer: unknown }
  | { happened: string; args: readonly unknown[] };
