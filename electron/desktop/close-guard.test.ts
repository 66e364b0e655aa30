import { expect, test, vi } from "vitest";
import { guardClosing } from "./close-guard.ts";
import { CallLog, FakeWindow } from "./fake-electron.ts";
import { mayClose, type RunsNoticeParts } from "./runs-notice.ts";
import type { WindowState } from "./window-state.ts";

function notice(runs: () => Promise<number>, response: number, checkboxChecked = false) {
  let state: WindowState = { bounds: null, isMaximised: false, isRunsNoticeHidden: false };
  const ask = vi.fn<RunsNoticeParts["ask"]>(() => Promise.resolve({ response, checkboxChecked }));
  const parts = {
    countRuns: runs,
    ask,
    state: {
      get: () => state,
      update: (change: Partial<WindowState>) => {
        state = { ...state, ...change };
      },
    },
    waitMs: 20,
  };
  return { ask, close: () => mayClose(parts), isHidden: () => state.isRunsNoticeHidden };
}

test("without runs the window closes without a word", async () => {
  const { ask, close } = notice(() => Promise.resolve(0), 1);
  expect(await close()).toBe(true);
  expect(ask).not.toHaveBeenCalled();
});

test("with runs the person hears that they go on, and may stay", async () => {
  const { ask, close, isHidden } = notice(() => Promise.resolve(2), 1, true);
  expect(await close()).toBe(false);
  expect(ask).toHaveBeenCalledWith(
    expect.objectContaining({ message: "2 runs go on by themselves", cancelId: 1 }),
  );
  expect(isHidden()).toBe(false);
});

test("the notice is not shown again where the person has said so", async () => {
  const { ask, close, isHidden } = notice(() => Promise.resolve(1), 0, true);
  expect(await close()).toBe(true);
  expect(isHidden()).toBe(true);
  expect(await close()).toBe(true);
  expect(ask).toHaveBeenCalledTimes(1);
});

test.each([
  ["fails", () => Promise.reject(new Error("gone"))],
  ["never answers", () => new Promise<number>(() => undefined)],
])("a core that %s does not hold the window", async (_name, runs) => {
  const { ask, close } = notice(runs, 1);
  expect(await close()).toBe(true);
  expect(ask).not.toHaveBeenCalled();
});

test("a window waits for the answer, asks once at a time, and closes on yes", async () => {
  const window = new FakeWindow({}, 1, new CallLog());
  const closed = vi.fn<() => void>();
  window.on("closed", closed);
  const answers: ((answer: boolean) => void)[] = [];
  const mayCloseNow = vi.fn<() => Promise<boolean>>(
    () => new Promise((settle) => answers.push(settle)),
  );
  const remember = vi.fn<() => void>();
  guardClosing(window, mayCloseNow, remember);

  window.close();
  window.close();
  expect(mayCloseNow).toHaveBeenCalledTimes(1);
  answers[0]?.(false);
  await vi.waitFor(() => {
    window.close();
    expect(mayCloseNow).toHaveBeenCalledTimes(2);
  });
  expect(closed).not.toHaveBeenCalled();
  answers[1]?.(true);
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
  expect(remember).toHaveBeenCalledTimes(1);
});

test("a computer that shuts down is not asked anything", () => {
  const window = new FakeWindow({}, 1, new CallLog());
  const mayCloseNow = vi.fn<() => Promise<boolean>>(() => Promise.resolve(false));
  guardClosing(window, mayCloseNow, () => undefined).letGo();
  window.close();
  expect(window.isDestroyed()).toBe(true);
  expect(mayCloseNow).not.toHaveBeenCalled();
});

test("a notice that cannot be shown does not lock the window", async () => {
  const window = new FakeWindow({}, 1, new CallLog());
  guardClosing(
    window,
    () => Promise.reject(new Error("no dialog")),
    () => undefined,
  );
  const closed = new Promise((settle) => window.once("closed", settle));
  window.close();
  await closed;
  expect(window.isDestroyed()).toBe(true);
});
