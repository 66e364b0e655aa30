import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import type { Elsewhere, ElsewhereJob } from "./elsewhere-slice.ts";

/** What a job of another machine trains on may well be here, too. Null where nobody can see it. */
export function useDatasetName(elsewhere: Elsewhere, { dataset_id }: ElsewhereJob): string | null {
  const here = useDesk(
    ({ datasets }) => valueOr(datasets, []).find(({ id }) => id === dataset_id)?.name ?? null,
  );
  return here ?? elsewhere.datasets.find(({ id }) => id === dataset_id)?.name ?? null;
}
