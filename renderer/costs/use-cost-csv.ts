import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { saveText } from "../core/save-text.ts";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";

/** Hands the ledger's records out as a file. */
export function useCostCsv(): Action<[]> {
  const client = useClient();
  const notify = useNotify();
  return useAction(async () => {
    const { text } = await client.request("costs.csv", {});
    const day = new Date().toISOString().slice(0, 10);
    saveText(`lora-desk-costs-${day}.csv`, "text/csv", text);
  }, notify.failed);
}
