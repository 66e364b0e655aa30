import { ready } from "../core/loadable.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";

/** Starts "Train the sample"; how far it is arrives in the store. */
export function useTrainSample(): Action<[]> {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  return useAction(async () => {
    const sampleRun = await client.request("sample.train", {});
    // What has arrived by event in between is newer than the reply.
    store.setState((state) =>
      state.sampleRun.state === "ready" && state.sampleRun.value.state === "launched"
        ? state
        : { sampleRun: ready(sampleRun) },
    );
  }, notify.failed);
}

export function useCancelBuild(): Action<[]> {
  const client = useClient();
  const notify = useNotify();
  return useAction(() => client.request("environment.cancelBuild", {}), notify.failed);
}
