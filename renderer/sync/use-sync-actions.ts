import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { receiveSyncStatus } from "./sync-slice.ts";

export type SyncActions = {
  readonly now: Action<[]>;
  readonly pause: Action<[isPaused: boolean]>;
};

export function useSyncActions(): SyncActions {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  const now = useAction(() => client.request("sync.now", {}), notify.failed);
  const pause = useAction(async (isPaused: boolean) => {
    const status = await client.request("sync.pause", { isPaused });
    store.setState((state) => receiveSyncStatus(state, status));
  }, notify.failed);
  return { now, pause };
}
