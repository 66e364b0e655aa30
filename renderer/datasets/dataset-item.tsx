import { Link } from "@tanstack/react-router";
import type { Dataset } from "../../shared/contract/datasets.ts";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { formatBytes } from "../format/bytes.ts";
import { formatCount, formatCountOf } from "../format/numbers.ts";
import styles from "./dataset-list.module.css";
import { DatasetStatus } from "./dataset-status.tsx";
import { FORMAT_NAMES } from "./dataset-words.ts";
import { describePace, shareOf } from "./import-pace.ts";
import { useByteRate } from "./use-byte-rate.ts";

type DatasetItemProps = { readonly dataset: Dataset };

export function DatasetItem({ dataset }: DatasetItemProps) {
  return (
    <li className={styles.item}>
      <Link
        to="/datasets/$datasetId"
        params={{ datasetId: dataset.id }}
        className={styles.link}
        activeProps={{ className: styles.current }}
        activeOptions={{ includeSearch: false }}
      >
        <span className={styles.heading}>
          <span className={styles.name} title={dataset.name}>
            {dataset.name}
          </span>
          <span className={styles.status}>
            <DatasetStatus status={dataset.status} />
          </span>
        </span>
        <Meta dataset={dataset} />
      </Link>
    </li>
  );
}

function Meta({ dataset }: DatasetItemProps) {
  switch (dataset.status) {
    case "importing":
      return <ImportingMeta dataset={dataset} />;
    case "ready": {
      const { rows, rejected } = dataset.statistics;
      const parts = [
        formatCountOf(rows, "row"),
        ...(rejected > 0 ? [`${formatCount(rejected)} left out`] : []),
        FORMAT_NAMES[dataset.format],
      ];
      return <span className={styles.meta}>{parts.join(" · ")}</span>;
    }
    case "rejected":
      return (
        <span className={styles.meta}>
          {dataset.fileName} · {formatBytes(dataset.fileSizeBytes)}
        </span>
      );
  }
}

type ImportingMetaProps = { readonly dataset: Extract<Dataset, { status: "importing" }> };

function ImportingMeta({ dataset: { id, name, progress } }: ImportingMetaProps) {
  const rate = useByteRate(id);
  const { bytesRead, bytesTotal } = progress;
  return (
    <>
      <span className={styles.progress}>
        <ProgressBar
          label={`Import of ${name}`}
          share={shareOf(bytesRead, bytesTotal)}
          tone="running"
        />
      </span>
      <span className={styles.meta}>{describePace(bytesRead, bytesTotal, rate)}</span>
    </>
  );
}
