import { EventEmitter } from "node:events";
import { expect, test, vi } from "vitest";
import type { Dispatch } from "../gateway/dispatch.ts";
import { syncOnResume } from "./sync-on-resume.ts";

const log = vi.fn<(message: string, details?: Record<string, unknown>) => void>();

test("each time the machine wakes, a round of sync is begun", () => {
  const monitor = new EventEmitter();
  const dispatch = vi.fn<Dispatch>(() => Promise.resolve({ ok: true, result: null }));
  syncOnResume(monitor, { dispatch, log });
  monitor.emit("suspend");
  expect(dispatch).not.toHaveBeenCalled();
  monitor.emit("resume");
  expect(dispatch).toHaveBeenCalledExactlyOnceWith("sync.now", {}, "desktop");
  monitor.emit("resume");
  expect(dispatch).toHaveBeenCalledTimes(2);
});

test("a core that cannot be asked is logged, and does not end the app", async () => {
  const monitor = new EventEmitter();
  syncOnResume(monitor, { dispatch: () => Promise.reject(new Error("no core")), log });
  monitor.emit("resume");
  await vi.waitFor(() =>
    expect(log).toHaveBeenCalledExactlyOnceWith(expect.any(String), { error: "Error: no core" }),
  );
});
