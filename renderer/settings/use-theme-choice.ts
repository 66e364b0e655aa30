import { useState } from "react";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDesk, useDeskStore } from "../core/desk.tsx";
import { ready } from "../core/loadable.ts";
import { useAction } from "../core/use-action.ts";
import { rememberedTheme } from "./theme.ts";
import type { Theme } from "./theme.ts";

export type ThemeChoice = { readonly theme: Theme; readonly choose: (theme: Theme) => void };

/** The chosen theme. It takes effect at once, and goes back if the core cannot keep it. */
export function useThemeChoice(): ThemeChoice {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  const kept = useDesk(({ settings }) =>
    settings.state === "ready" ? settings.value.theme : null,
  );
  const [remembered] = useState(rememberedTheme);

  const show = (theme: Theme): void =>
    store.setState(({ settings }) =>
      settings.state === "ready" ? { settings: ready({ ...settings.value, theme }) } : {},
    );
  const { run } = useAction(async (theme: Theme) => {
    show(theme);
    try {
      await client.request("settings.update", { theme });
    } catch (error) {
      if (kept !== null) show(kept);
      throw error;
    }
  }, notify.failed);
  return { theme: kept ?? remembered, choose: run };
}
