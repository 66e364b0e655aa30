import type { QuarantinedChange } from "../../shared/contract/sync.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { saveText } from "../core/save-text.ts";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import type { ChangeValues } from "./change-fields.ts";

export type QuarantineActions = {
  readonly retry: Action<[]>;
  readonly retryWith: Action<[ChangeValues]>;
  readonly exportFile: Action<[]>;
  readonly discard: Action<[]>;
};

/** What a person can do with a refused change. `onDone` is called once it has left the list. */
export function useQuarantineActions(
  { opId, label, rowId, table }: QuarantinedChange,
  onDone: () => void,
): QuarantineActions {
  const client = useClient();
  const notify = useNotify();

  const retry = useAction(async () => {
    await client.request("sync.retry", { opId });
    onDone();
  }, notify.failed);
  const retryWith = useAction(async (values: ChangeValues) => {
    await client.request("sync.retry", { opId, values });
    onDone();
  });
  const exportFile = useAction(async () => {
    const { text } = await client.request("sync.export", { opId });
    saveText(`${table}-${rowId.slice(0, 8)}.json`, "application/json", text);
  }, notify.failed);
  const discard = useAction(async () => {
    await client.request("sync.discard", { opId });
    notify.done(`The change of “${label}” was discarded`);
    onDone();
  }, notify.failed);
  return { retry, retryWith, exportFile, discard };
}
