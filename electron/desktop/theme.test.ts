import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { applyTheme, groundColour, groundColours, type NativeTheme } from "./theme.ts";

test("frames and dialogs follow the theme of the settings; nonsense changes nothing", () => {
  const theme: NativeTheme = {
    themeSource: "system",
    shouldUseDarkColors: true,
    on: () => undefined,
  };
  applyTheme(theme, { theme: "dark" });
  expect(theme.themeSource).toBe("dark");
  applyTheme(theme, { theme: "pink" });
  applyTheme(theme, null);
  expect(theme.themeSource).toBe("dark");
  expect(groundColour(theme)).toBe(groundColours.dark);
  expect(groundColour({ shouldUseDarkColors: false })).toBe(groundColours.light);
});

test("the window's ground is the page's ground, light and dark", () => {
  const tokens = readFileSync(new URL("../../renderer/tokens.css", import.meta.url), "utf8");
  const grounds = [...tokens.matchAll(/--ground: (#[0-9a-f]{6});/g)].map(([, colour]) => colour);
  expect(new Set(grounds)).toEqual(new Set([groundColours.light, groundColours.dark]));
});
