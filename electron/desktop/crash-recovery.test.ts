import { EventEmitter } from "node:events";
import { expect, test, vi } from "vitest";
import { recoverFromCrashes } from "./crash-recovery.ts";

function crashing(answer: boolean) {
  const emitter = new EventEmitter();
  const reload = vi.fn<() => void>();
  let now = 0;
  const parts = {
    now: () => now,
    warn: vi.fn<(message: string, details: Record<string, unknown>) => void>(),
    askToReload: vi.fn<() => Promise<boolean>>(() => Promise.resolve(answer)),
    giveUp: vi.fn<() => void>(),
  };
  const contents = Object.assign(emitter, { reload, isDestroyed: () => false });
  recoverFromCrashes(contents, parts);
  return {
    ...parts,
    reload,
    crashAt: (time: number, reason = "crashed") => {
      now = time;
      emitter.emit("render-process-gone", {}, { reason, exitCode: 5 });
    },
  };
}

test("a crashed page is reloaded once by itself, and logged", () => {
  const page = crashing(false);
  page.crashAt(1000);
  expect(page.reload).toHaveBeenCalledTimes(1);
  expect(page.warn).toHaveBeenCalledWith(
    expect.stringContaining("crashed"),
    expect.objectContaining({ reason: "crashed", exitCode: 5 }),
  );
  expect(page.askToReload).not.toHaveBeenCalled();
});

test("a second crash soon after asks; no means the end", async () => {
  const page = crashing(false);
  page.crashAt(1000);
  page.crashAt(2000);
  await vi.waitFor(() => expect(page.giveUp).toHaveBeenCalledTimes(1));
  expect(page.reload).toHaveBeenCalledTimes(1);
});

test("a second crash soon after asks; yes means one more try", async () => {
  const page = crashing(true);
  page.crashAt(1000);
  page.crashAt(2000);
  await vi.waitFor(() => expect(page.reload).toHaveBeenCalledTimes(2));
  expect(page.giveUp).not.toHaveBeenCalled();
});

test("a crash long after the last is a first one again; a clean end is none", () => {
  const page = crashing(false);
  page.crashAt(1000);
  page.crashAt(200_000);
  page.crashAt(200_001, "clean-exit");
  expect(page.reload).toHaveBeenCalledTimes(2);
  expect(page.askToReload).not.toHaveBeenCalled();
});
