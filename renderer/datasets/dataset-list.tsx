import type { Dataset } from "../../shared/contract/datasets.ts";
import { useDesk } from "../core/desk.tsx";
import { ElsewhereDatasetItems } from "../elsewhere/elsewhere-dataset-items.tsx";
import { DatasetItem } from "./dataset-item.tsx";
import styles from "./dataset-list.module.css";
import { TransferItem } from "./transfer-item.tsx";

type DatasetListProps = { readonly datasets: readonly Dataset[] };

/** What is on its way first, then all datasets, the newest first. */
export function DatasetList({ datasets }: DatasetListProps) {
  const transfers = useDesk((state) => state.transfers);
  return (
    <nav className={styles.list} aria-label="All datasets">
      <ul>
        {transfers.map((transfer) => (
          <TransferItem key={transfer.id} transfer={transfer} />
        ))}
        {datasets.map((dataset) => (
          <DatasetItem key={dataset.id} dataset={dataset} />
        ))}
      </ul>
      <ElsewhereDatasetItems />
    </nav>
  );
}
