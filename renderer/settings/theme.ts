import { settingsSchema } from "../../shared/contract/settings.ts";
import type { Settings } from "../../shared/contract/settings.ts";

export type Theme = Settings["theme"];

const KEY = "lora-desk-theme";
const DARK = "(prefers-color-scheme: dark)";

/** The theme of the last time, so that the window does not flash before the core has answered. */
export function rememberedTheme(): Theme {
  try {
    return settingsSchema.shape.theme.catch("system").parse(localStorage.getItem(KEY) ?? "system");
  } catch {
    return "system"; // storage can be switched off
  }
}

export function rememberTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Nothing is lost but the first colour of the next start.
  }
}

export function applyTheme(theme: Theme): void {
  const isDark = theme === "dark" || (theme === "system" && window.matchMedia(DARK).matches);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
}

/** Calls back when the operating system changes between light and dark. */
export function onSystemTheme(listener: () => void): () => void {
  const query = window.matchMedia(DARK);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}
