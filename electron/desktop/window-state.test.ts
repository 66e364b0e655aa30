import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openWindowState } from "./window-state.ts";

function place(): { folder: string; path: string; warnings: string[]; warn: (m: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), "window-state-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const warnings: string[] = [];
  return {
    folder,
    path: join(folder, "window.json"),
    warnings,
    warn: (message) => warnings.push(message),
  };
}

test("what was remembered is there the next time, and no half-written file is left", () => {
  const { folder, path, warn, warnings } = place();
  const bounds = { x: 1, y: 2, width: 1000, height: 700 };
  openWindowState(path, warn).update({ bounds, isMaximised: true });
  expect(openWindowState(path, warn).get()).toEqual({
    bounds,
    isMaximised: true,
    isRunsNoticeHidden: false,
  });
  expect(readdirSync(folder)).toEqual(["window.json"]);
  expect(warnings).toEqual([]);
});

test.each(["{", '{"bounds": 3}', '{"bounds":{"x":0,"y":0,"width":-5,"height":1}}'])(
  "a damaged file (%s) is begun anew, with a warning",
  (text) => {
    const { path, warn, warnings } = place();
    writeFileSync(path, text);
    const state = openWindowState(path, warn);
    expect(state.get()).toMatchObject({ bounds: null, isMaximised: false });
    expect(warnings).toHaveLength(1);
    state.update({ isRunsNoticeHidden: true });
    expect(openWindowState(path, warn).get().isRunsNoticeHidden).toBe(true);
  },
);

test("a folder that cannot be written is a warning, not an end", () => {
  const { folder, warn, warnings } = place();
  const state = openWindowState(join(folder, "missing", "window.json"), warn);
  state.update({ isRunsNoticeHidden: true });
  expect(state.get().isRunsNoticeHidden).toBe(true);
  expect(warnings).toHaveLength(1);
});
