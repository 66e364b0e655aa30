import { Link } from "@tanstack/react-router";
import { Pencil, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Dataset } from "../../shared/contract/datasets.ts";
import { ActionMenu } from "../controls/action-menu.tsx";
import { buttonClass } from "../controls/button.tsx";
import { useNow } from "../core/use-now.ts";
import { formatBytes } from "../format/bytes.ts";
import { formatAgo, formatDateTime } from "../format/time.ts";
import { SyncPlace } from "../sync/sync-place.tsx";
import { StoredFile } from "../transfers/stored-file.tsx";
import styles from "./dataset-detail.module.css";
import { DatasetStatus } from "./dataset-status.tsx";
import { FORMAT_NAMES } from "./dataset-words.ts";
import { RenameForm } from "./rename-form.tsx";
import { useDeleteDataset } from "./use-dataset-actions.ts";

const MINUTE_MS = 60_000;

type DatasetHeaderProps = { readonly dataset: Dataset };

export function DatasetHeader({ dataset }: DatasetHeaderProps) {
  const [isRenaming, setIsRenaming] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const now = useNow(MINUTE_MS);
  const remove = useDeleteDataset(dataset);
  const { name, status, fileName, fileSizeBytes, createdAt } = dataset;
  const endRenaming = (): void => {
    flushSync(() => setIsRenaming(false));
    heading.current?.focus();
  };
  if (isRenaming) return <RenameForm dataset={dataset} onClose={endRenaming} />;
  return (
    <header className={styles.header}>
      <div className={styles.words}>
        <h2 className={styles.name} ref={heading} tabIndex={-1}>
          {name}
        </h2>
        <div className={styles.facts}>
          <DatasetStatus status={status} />
          {status === "ready" && <span>{FORMAT_NAMES[dataset.format]}</span>}
          <span>{fileName}</span>
          <span>{formatBytes(fileSizeBytes)}</span>
          {status === "ready" && (
            <span title={formatDateTime(createdAt)}>Imported {formatAgo(createdAt, now)}</span>
          )}
          {status === "ready" && (
            <SyncPlace table="datasets" id={dataset.id}>
              <StoredFile table="datasets" rowId={dataset.id} name={name} />
            </SyncPlace>
          )}
        </div>
      </div>
      <div className={styles.actions}>
        {status === "ready" && (
          <Link to="/jobs/new" search={{ dataset: dataset.id }} className={buttonClass({})}>
            Train on it
          </Link>
        )}
        {status !== "importing" && (
          <ActionMenu
            label="Dataset actions"
            actions={[
              { label: "Rename", icon: Pencil, onSelect: () => setIsRenaming(true) },
              {
                label: "Delete",
                icon: Trash2,
                onSelect: remove.run,
                isDestructive: true,
                isDisabled: remove.isRunning,
              },
            ]}
          />
        )}
      </div>
    </header>
  );
}
