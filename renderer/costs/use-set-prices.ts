import type { Prices } from "../../shared/contract/costs.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";

/** The event that follows brings the prices back to whoever shows them. */
export function useSetPrices(): Action<[Prices]> {
  const client = useClient();
  const notify = useNotify();
  return useAction(async (prices: Prices) => {
    await client.request("costs.setPrices", prices);
    notify.done("Prices saved");
  });
}
