import { useEffect } from "react";
import { useDesk } from "../core/desk.tsx";
import { applyTheme, onSystemTheme, rememberTheme, rememberedTheme } from "./theme.ts";

/** Keeps the window in the theme that the settings and the operating system ask for. */
export function useTheme(): void {
  const chosen = useDesk(({ settings }) =>
    settings.state === "ready" ? settings.value.theme : null,
  );
  useEffect(() => {
    const theme = chosen ?? rememberedTheme();
    if (chosen !== null) rememberTheme(chosen);
    applyTheme(theme);
    return onSystemTheme(() => applyTheme(theme));
  }, [chosen]);
}
