import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";

const windowStateSchema = z.object({
  bounds: z
    .object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() })
    .nullable(),
  isMaximised: z.boolean(),
  /** The person has ticked "Do not show this again" on the notice that runs go on. */
  isRunsNoticeHidden: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

const firstState: WindowState = { bounds: null, isMaximised: false, isRunsNoticeHidden: false };

export interface WindowStateFile {
  get(): WindowState;
  /** Remembers at once: the app may end at any moment after it. */
  update(change: Partial<WindowState>): void;
}

/** The window's place and choices, kept in a small file; an unreadable one is simply begun anew. */
export function openWindowState(
  path: string,
  warn: (message: string, cause: unknown) => void,
): WindowStateFile {
  let state = read(path, warn);
  return {
    get: () => state,
    update: (change) => {
      state = { ...state, ...change };
      try {
        const unfinished = `${path}.tmp`;
        writeFileSync(unfinished, `${JSON.stringify(state)}\n`);
        renameSync(unfinished, path);
      } catch (cause) {
        warn(`The window's place could not be remembered in ${path}.`, cause);
      }
    },
  };
}

function read(path: string, warn: (message: string, cause: unknown) => void): WindowState {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return firstState;
  }
  try {
    return windowStateSchema.parse(JSON.parse(text));
  } catch (cause) {
    warn(`${path} could not be read; the window opens at its first size.`, cause);
    return firstState;
  }
}
