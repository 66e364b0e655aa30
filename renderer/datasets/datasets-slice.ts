import type { Dataset, ReadyDataset } from "../../shared/contract/datasets.ts";
import { LOADING, ready, valueOr } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { withFreshList, withItem } from "../core/newest-wins.ts";

/** A file on its way from the browser to the core, before its import begins. */
export type Transfer = {
  readonly id: string;
  readonly name: string;
  readonly bytesSent: number;
  readonly bytesTotal: number;
  readonly startedAtMs: number;
  readonly cancel: () => void;
};

export type DatasetsSlice = {
  readonly datasets: Loadable<readonly Dataset[]>;
  readonly transfers: readonly Transfer[];
};

export const emptyDatasetsSlice: DatasetsSlice = { datasets: LOADING, transfers: [] };

export function receiveDatasets(
  slice: DatasetsSlice,
  fresh: readonly Dataset[],
): Pick<DatasetsSlice, "datasets"> {
  const visible = fresh.filter(({ deletedAt }) => deletedAt === null);
  return { datasets: ready(withFreshList(valueOr(slice.datasets, []), visible)) };
}

/** A dataset with a deletion date leaves the list; one that was restored comes back. */
export function receiveDataset(
  slice: DatasetsSlice,
  dataset: Dataset,
): Pick<DatasetsSlice, "datasets"> {
  if (slice.datasets.state !== "ready") return { datasets: slice.datasets };
  const others = slice.datasets.value;
  return {
    datasets: ready(
      dataset.deletedAt === null
        ? withItem(others, dataset)
        : others.filter(({ id }) => id !== dataset.id),
    ),
  };
}

export function withTransfer(
  slice: DatasetsSlice,
  transfer: Transfer,
): Pick<DatasetsSlice, "transfers"> {
  const isKnown = slice.transfers.some(({ id }) => id === transfer.id);
  return {
    transfers: isKnown
      ? slice.transfers.map((other) => (other.id === transfer.id ? transfer : other))
      : [...slice.transfers, transfer],
  };
}

export function withoutTransfer(
  slice: DatasetsSlice,
  id: string,
): Pick<DatasetsSlice, "transfers"> {
  return { transfers: slice.transfers.filter((transfer) => transfer.id !== id) };
}

export function readyDatasets(datasets: readonly Dataset[]): readonly ReadyDataset[] {
  return datasets.filter((dataset): dataset is ReadyDataset => dataset.status === "ready");
}
