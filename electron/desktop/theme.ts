/** What is needed of Electron's nativeTheme. */
export interface NativeTheme {
  themeSource: "system" | "light" | "dark";
  readonly shouldUseDarkColors: boolean;
  on(event: "updated", listener: () => void): unknown;
}

/** The page's own ground colours (`--ground` in tokens.css): no flash before the page is drawn. */
export const groundColours = { light: "#ffffff", dark: "#151518" } as const;

export function groundColour(theme: Pick<NativeTheme, "shouldUseDarkColors">): string {
  return theme.shouldUseDarkColors ? groundColours.dark : groundColours.light;
}

/** Lets menus, dialogs and the window's frame follow the theme chosen in the settings. */
export function applyTheme(theme: NativeTheme, settings: unknown): void {
  if (typeof settings !== "object" || settings === null || !("theme" in settings)) return;
  const chosen = settings.theme;
  if (chosen === "system" || chosen === "light" || chosen === "dark") theme.themeSource = chosen;
}
