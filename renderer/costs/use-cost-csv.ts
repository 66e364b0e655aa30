import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";

/** Hands the ledger's records out as a file. */
export function useCostCsv(): Action<[]> {
  const client = useClient();
  const notify = useNotify();
  return useAction(async () => {
    const { text } = await client.request("costs.csv", {});
    const day = new Date().toISOString().slice(0, 10);
    saveText(`lora-desk-costs-${day}.csv`, text);
  }, notify.failed);
}

function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
