import type { MessageBoxOptions, MessageBoxReturnValue } from "electron";
import type { WindowStateFile } from "./window-state.ts";

export interface RunsNoticeParts {
  /** How many runs are going on; may fail or never answer, which must not hold the window. */
  countRuns(): Promise<number>;
  ask(options: MessageBoxOptions): Promise<MessageBoxReturnValue>;
  readonly state: WindowStateFile;
  readonly waitMs: number;
}

/**
 * Says, before the window closes, that runs go on by themselves: people fear to lose them.
 * Answers whether the window may close.
 */
export async function mayClose(parts: RunsNoticeParts): Promise<boolean> {
  if (parts.state.get().isRunsNoticeHidden) return true;
  const runs = await countWithin(parts);
  if (runs === 0) return true;
  const { response, checkboxChecked } = await parts.ask({
    type: "info",
    message: runs === 1 ? "One run goes on by itself" : `${runs} runs go on by themselves`,
    detail:
      "Closing LoRA Desk does not stop training. Open it again at any time to see how far it is. " +
      "To end a run, stop it on its page first.",
    buttons: ["Close LoRA Desk", "Keep it open"],
    defaultId: 0,
    cancelId: 1,
    checkboxLabel: "Do not show this again",
  });
  if (response !== 0) return false;
  if (checkboxChecked) parts.state.update({ isRunsNoticeHidden: true });
  return true;
}

async function countWithin(parts: RunsNoticeParts): Promise<number> {
  const { promise: tooLate, resolve } = Promise.withResolvers<number>();
  const timer = setTimeout(() => resolve(0), parts.waitMs);
  try {
    return await Promise.race([parts.countRuns(), tooLate]);
  } catch {
    return 0;
  } finally {
    clearTimeout(timer);
  }
}
