import type { Transfer } from "../../shared/contract/transfers.ts";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";

/** The dataset or the adapter that a file belongs to, of this machine or of another. */
export function useRowName(table: Transfer["table"], rowId: string): string {
  return useDesk(({ datasets, artifacts, elsewhere }) => {
    const others = valueOr(elsewhere, null);
    if (table === "datasets") {
      const all = [...valueOr(datasets, []), ...(others?.datasets ?? [])];
      return `Dataset ${all.find(({ id }) => id === rowId)?.name ?? ""}`.trim();
    }
    const all = [...valueOr(artifacts, []), ...(others?.artifacts ?? [])];
    return `Adapter ${all.find(({ id }) => id === rowId)?.name ?? ""}`.trim();
  });
}
