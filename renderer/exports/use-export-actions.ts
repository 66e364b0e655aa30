import type { Params } from "../../shared/contract/contract.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";

/** Starts an export. `onStarted` is called once the core has taken it. */
export function useStartExport(onStarted?: () => void): Action<[Params<"artifacts.export">]> {
  const client = useClient();
  return useAction(async (input) => {
    await client.request("artifacts.export", input);
    onStarted?.();
  });
}

export function useCancelExport(id: string): Action<[]> {
  const client = useClient();
  const notify = useNotify();
  return useAction(() => client.request("exports.cancel", { id }), notify.failed);
}
