import type { Dataset } from "../../shared/contract/datasets.ts";
import { Note } from "../controls/note.tsx";
import { useRequest } from "../core/use-request.ts";
import styles from "./dataset-detail.module.css";
import { RejectedRows } from "./rejected-rows.tsx";

type RejectedDatasetProps = { readonly dataset: Extract<Dataset, { status: "rejected" }> };

/** A file that could not become a dataset: why, and the rows that were at fault if any were read. */
export function RejectedDataset({ dataset: { id, name, failure } }: RejectedDatasetProps) {
  const first = useRequest("datasets.rejections", { id, offset: 0, limit: 1 });
  const total = first.state === "ready" ? first.value.total : 0;
  return (
    <>
      <div className={styles.figures}>
        <Note tone="bad" title="This file could not be imported">
          {failure.message}
        </Note>
      </div>
      {total > 0 && (
        <div className={styles.table}>
          <RejectedRows id={id} name={name} total={total} />
        </div>
      )}
    </>
  );
}
