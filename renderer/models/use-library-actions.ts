import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";

export type LibraryActions = {
  readonly rescan: Action<[]>;
  readonly createTiny: Action<[]>;
  /** Offers to take it back: the folder itself is not touched. */
  readonly removeFolder: Action<[path: string]>;
};

/** What a person can do with the library. The new state arrives by `models.changed`. */
export function useLibraryActions(): LibraryActions {
  const client = useClient();
  const notify = useNotify();
  const rescan = useAction(() => client.request("models.scan", {}), notify.failed);
  const createTiny = useAction(() => client.request("models.createTiny", {}), notify.failed);
  const restoreFolder = useAction(
    (path: string) => client.request("models.addFolder", { path }),
    notify.failed,
  );
  const removeFolder = useAction(async (path: string) => {
    await client.request("models.removeFolder", { path });
    notify.undoable("Folder removed from the list", () => restoreFolder.run(path));
  }, notify.failed);
  return { rescan, createTiny, removeFolder };
}
