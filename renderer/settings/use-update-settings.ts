import type { Params } from "../../shared/contract/contract.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { ready } from "../core/loadable.ts";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";

/** Changes some of the settings and shows what the core has made of it. */
export function useUpdateSettings(): Action<[Params<"settings.update">]> {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  return useAction(async (change: Params<"settings.update">) => {
    const settings = await client.request("settings.update", change);
    store.setState({ settings: ready(settings) });
  }, notify.failed);
}
