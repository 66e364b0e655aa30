import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { ready } from "../core/loadable.ts";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";

export type LlamaCppActions = {
  /** Null in a browser, which has no dialog for folders. */
  readonly choose: Action<[]> | null;
  readonly forget: Action<[]>;
};

/** Where llama.cpp is: its scripts are run, so the page can ask for a folder but never name one. */
export function useLlamaCpp(): LlamaCppActions {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  const choose = useAction(async () => {
    const settings = await client.request("settings.chooseLlamaCpp", {});
    if (settings !== null) store.setState({ settings: ready(settings) });
  });
  const forget = useAction(async () => {
    const settings = await client.request("settings.update", { llamaCppPath: null });
    store.setState({ settings: ready(settings) });
  }, notify.failed);
  return { choose: client.canChooseFolders ? choose : null, forget };
}
