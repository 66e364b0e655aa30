import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";

/** Starts "Train the sample"; how far it is arrives in the store by `sample.changed`. */
export function useTrainSample(): Action<[]> {
  const client = useClient();
  const notify = useNotify();
  return useAction(() => client.request("sample.train", {}), notify.failed);
}

export function useCancelBuild(): Action<[]> {
  const client = useClient();
  const notify = useNotify();
  return useAction(() => client.request("environment.cancelBuild", {}), notify.failed);
}
