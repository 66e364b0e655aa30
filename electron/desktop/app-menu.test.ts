import type { MenuItemConstructorOptions } from "electron";
import { expect, test, vi } from "vitest";
import { createMenuTemplate } from "./app-menu.ts";

function menu(platform: NodeJS.Platform) {
  const actions = {
    navigate: vi.fn<(place: string) => void>(),
    showDataFolder: vi.fn<() => void>(),
  };
  const template = createMenuTemplate(platform, "LoRA Desk", actions);
  const entries = template.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
  const click = (label: string): void => {
    const entry = entries.find((item) => item.label === label) as { click?: () => void };
    entry.click?.();
  };
  return { ...actions, template, entries, click };
}

test.each(["linux", "darwin", "win32"] as const)("on %s the entries lead to their places", (os) => {
  const { click, navigate, showDataFolder } = menu(os);
  click("New job");
  click("Import dataset");
  click("Settings…");
  click("Show data folder");
  expect(navigate.mock.calls).toEqual([["#/jobs/new"], ["#/datasets"], ["#/settings"]]);
  expect(showDataFolder).toHaveBeenCalledTimes(1);
});

test.each(["linux", "darwin", "win32"] as const)(
  "on %s one can quit, copy and zoom, and no shortcut means two things",
  (os) => {
    const { entries, template } = menu(os);
    const roles = [...template, ...entries].map(({ role }: MenuItemConstructorOptions) => role);
    expect(roles).toEqual(expect.arrayContaining(["quit", "editMenu", "zoomIn", "windowMenu"]));
    const shortcuts = entries.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
  },
);
