import { useClient, useDesk, useDeskStore } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { fetchKeptLocal } from "./follow-sync.ts";

export type KeepTable = "datasets" | "training_jobs";

export type KeepLocal = {
  /** Null while nobody knows. */
  readonly isKept: boolean | null;
  /** A copy of what is in the project under another's name: there is nothing to choose. */
  readonly isOfColleague: boolean;
  readonly set: Action<[isKeptLocal: boolean]>;
};

/** Whether a dataset or a job stays on this computer by choice. */
export function useKeepLocal(table: KeepTable, id: string): KeepLocal {
  const client = useClient();
  const store = useDeskStore();
  const isKept = useDesk(({ keptLocal }) => {
    const kept = valueOr(keptLocal, null);
    if (kept === null) return null;
    return (table === "datasets" ? kept.datasets : kept.jobs).includes(id);
  });
  const isOfColleague = useDesk(
    ({ keptLocal }) =>
      table === "training_jobs" && valueOr(keptLocal, null)?.jobsOfColleagues.includes(id) === true,
  );
  const set = useAction(async (isKeptLocal: boolean) => {
    await client.request("sync.setKeepLocal", { table, id, isKeptLocal });
    await fetchKeptLocal(client, store);
  });
  return { isKept, isOfColleague, set };
}
