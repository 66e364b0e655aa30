import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TemporaryFolder } from "../jobs/fixtures/temporary-folder.ts";
import { LoginItem } from "./login-item.ts";

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
  vi.stubEnv("XDG_CONFIG_HOME", folder.path);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  folder.remove();
});

it("writes the desktop's autostart file on Linux", async () => {
  vi.spyOn(process, "platform", "get").mockReturnValue("linux");
  const setLoginItemSettings = vi.fn<() => void>();
  const item = new LoginItem({ setLoginItemSettings }, vi.fn<() => void>());
  const path = join(folder.path, "autostart", "lora-desk.desktop");
  item.apply({ isStartedAtLogin: true });
  await vi.waitUntil(() => existsSync(path));
  item.apply({ isStartedAtLogin: false });
  await vi.waitUntil(() => !existsSync(path));
  expect(setLoginItemSettings).not.toHaveBeenCalled();
});

it("leaves it to Electron elsewhere, and only when the setting has changed", () => {
  vi.spyOn(process, "platform", "get").mockReturnValue("darwin");
  const setLoginItemSettings = vi.fn<(settings: { openAtLogin: boolean }) => void>();
  const item = new LoginItem({ setLoginItemSettings }, vi.fn<() => void>());
  item.apply({ isStartedAtLogin: true });
  item.apply({ isStartedAtLogin: true });
  item.apply({ isStartedAtLogin: false });
  expect(setLoginItemSettings.mock.calls).toEqual([
    [{ openAtLogin: true }],
    [{ openAtLogin: false }],
  ]);
});
