import { Link } from "@tanstack/react-router";
import { CloudDownload } from "lucide-react";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { StatusLabel } from "../controls/status-label.tsx";
import { useDesk } from "../core/desk.tsx";
import listStyles from "../datasets/dataset-list.module.css";
import { formatCountOf } from "../format/numbers.ts";
import { ElsewhereFailure } from "./elsewhere-failure.tsx";
import { ownerWords } from "./elsewhere-facts.ts";
import styles from "./elsewhere-dataset-items.module.css";

/** Datasets that this machine could bring here. */
export function ElsewhereDatasetItems() {
  const elsewhere = useDesk((state) => state.elsewhere);
  const account = useDesk(activeAccount);
  if (account === null || elsewhere.state === "loading") return null;
  if (elsewhere.state === "failed") {
    return (
      <div className={styles.failure}>
        <ElsewhereFailure error={elsewhere.error} />
      </div>
    );
  }
  const datasets = elsewhere.value.datasets.filter(({ deleted_at }) => deleted_at === null);
  if (datasets.length === 0) return null;
  return (
    <>
      <h2 className={styles.title} id="datasets-elsewhere">
        On other machines
      </h2>
      <ul aria-labelledby="datasets-elsewhere">
        {datasets.map((dataset) => (
          <li key={dataset.id} className={listStyles.item}>
            <Link
              to="/datasets/$datasetId"
              params={{ datasetId: dataset.id }}
              className={listStyles.link}
              activeProps={{ className: listStyles.current }}
              activeOptions={{ includeSearch: false }}
            >
              <span className={listStyles.heading}>
                <span className={listStyles.name} title={dataset.name}>
                  {dataset.name}
                </span>
                <span className={listStyles.status}>
                  {dataset.storage_path !== null && (
                    <StatusLabel tone="neutral" icon={CloudDownload} text="Stored" />
                  )}
                </span>
              </span>
              <span className={listStyles.meta}>
                {dataset.total_training_pairs === null
                  ? dataset.file_name
                  : formatCountOf(dataset.total_training_pairs, "row")}{" "}
                · {ownerWords(elsewhere.value, dataset, account.userId)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
