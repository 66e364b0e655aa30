import type { Transfer } from "../../shared/contract/transfers.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { receiveTransfer } from "./transfers-slice.ts";

/** For one file, or for several that belong together. */
export type TransferActions = {
  readonly pause: Action<string[]>;
  readonly resume: Action<string[]>;
  readonly cancel: Action<string[]>;
};

export function useTransferActions(): TransferActions {
  const client = useClient();
  const notify = useNotify();
  const forEach =
    (method: "transfers.pause" | "transfers.resume" | "transfers.cancel") =>
    (...ids: string[]): Promise<unknown> =>
      Promise.all(ids.map((id) => client.request(method, { id })));
  const pause = useAction(forEach("transfers.pause"), notify.failed);
  const resume = useAction(forEach("transfers.resume"), notify.failed);
  const cancel = useAction(forEach("transfers.cancel"), notify.failed);
  return { pause, resume, cancel };
}

/** Begins to bring a row's files to the project, or from there, or goes on with it. */
export function useBeginTransfer(
  direction: Transfer["direction"],
  table: Transfer["table"],
  rowId: string,
): Action<[]> {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  return useAction(async () => {
    const begun = await client.request(`transfers.${direction}`, { table, rowId });
    store.setState((state) => begun.reduce(receiveTransfer, state));
  }, notify.failed);
}
