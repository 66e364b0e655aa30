import type { Dataset } from "../../shared/contract/datasets.ts";
import { assertNever } from "../../shared/contract/assert-never.ts";
import { DatasetHeader } from "./dataset-header.tsx";
import styles from "./dataset-detail.module.css";
import { ImportingDataset } from "./importing-dataset.tsx";
import { ReadyDatasetDetail } from "./ready-dataset-detail.tsx";
import { RejectedDataset } from "./rejected-dataset.tsx";

type DatasetDetailProps = { readonly dataset: Dataset };

/** Keyed by the dataset: nothing of one is carried over to another. */
export function DatasetDetail({ dataset }: DatasetDetailProps) {
  return (
    <article className={styles.detail} aria-label={dataset.name}>
      <DatasetHeader dataset={dataset} />
      <Content dataset={dataset} />
    </article>
  );
}

function Content({ dataset }: DatasetDetailProps) {
  switch (dataset.status) {
    case "importing":
      return <ImportingDataset dataset={dataset} />;
    case "ready":
      return <ReadyDatasetDetail dataset={dataset} />;
    case "rejected":
      return <RejectedDataset dataset={dataset} />;
    default:
      return assertNever(dataset);
  }
}
