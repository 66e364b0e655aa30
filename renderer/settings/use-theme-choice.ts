import { useState } from "react";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDesk } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import { rememberedTheme } from "./theme.ts";
import type { Theme } from "./theme.ts";

export type ThemeChoice = { readonly theme: Theme; readonly choose: (theme: Theme) => void };

/** The chosen theme; it takes effect when the core has kept it. */
export function useThemeChoice(): ThemeChoice {
  const client = useClient();
  const notify = useNotify();
  const kept = useDesk(({ settings }) =>
    settings.state === "ready" ? settings.value.theme : null,
  );
  const [remembered] = useState(rememberedTheme);
  const { run } = useAction(
    (theme: Theme) => client.request("settings.update", { theme }),
    notify.failed,
  );
  return { theme: kept ?? remembered, choose: run };
}
