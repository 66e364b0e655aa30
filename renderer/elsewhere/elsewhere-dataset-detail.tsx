import { activeAccount } from "../accounts/accounts-slice.ts";
import { Figures } from "../controls/figures.tsx";
import { Note } from "../controls/note.tsx";
import { useDesk } from "../core/desk.tsx";
import { useNow } from "../core/use-now.ts";
import detailStyles from "../datasets/dataset-detail.module.css";
import { FORMAT_NAMES } from "../datasets/dataset-words.ts";
import { formatBytes } from "../format/bytes.ts";
import { UNKNOWN, formatCompact, formatCount } from "../format/numbers.ts";
import { formatAgo, formatDateTime } from "../format/time.ts";
import { TransferControl } from "../transfers/transfer-control.tsx";
import { DeleteElsewhereButton } from "./delete-elsewhere-button.tsx";
import { ownerWords } from "./elsewhere-facts.ts";
import styles from "./elsewhere-dataset-detail.module.css";
import type { Elsewhere, ElsewhereDataset } from "./elsewhere-slice.ts";

const MINUTE_MS = 60_000;

type ElsewhereDatasetDetailProps = {
  readonly dataset: ElsewhereDataset;
  readonly elsewhere: Elsewhere;
};

/** What is known of a dataset whose rows are not on this machine. */
export function ElsewhereDatasetDetail({ dataset, elsewhere }: ElsewhereDatasetDetailProps) {
  const account = useDesk(activeAccount);
  const now = useNow(MINUTE_MS);
  const { id, name, description, format, file_name, file_size_bytes, created_at } = dataset;
  const owner = ownerWords(elsewhere, dataset, account?.userId);
  return (
    <article className={detailStyles.detail} aria-label={name}>
      <header className={detailStyles.header}>
        <div className={detailStyles.words}>
          <h2 className={detailStyles.name}>{name}</h2>
          <div className={detailStyles.facts}>
            {format !== null && <span>{FORMAT_NAMES[format]}</span>}
            <span>{file_name}</span>
            <span>{formatBytes(file_size_bytes)}</span>
            <span title={formatDateTime(created_at)}>
              Imported {formatAgo(created_at, now)} by {owner}
            </span>
          </div>
        </div>
      </header>
      <div className={detailStyles.figures}>
        <Figures
          label="Statistics"
          figures={[
            { name: "Rows", value: figure(dataset.total_training_pairs) },
            { name: "Validation rows", value: figure(dataset.total_validation_pairs) },
            {
              name: "Tokens",
              value: dataset.total_tokens === null ? UNKNOWN : formatCompact(dataset.total_tokens),
            },
          ]}
        />
      </div>
      <div className={styles.body}>
        {description !== "" && <p className={styles.words}>{description}</p>}
        {dataset.storage_path === null && owner !== "you" && (
          <Note tone="info" title={`Its rows stay with ${owner}`}>
            A shared job shows the figures of its dataset, and none of its rows.
          </Note>
        )}
        {dataset.storage_path === null && owner === "you" && (
          <Note tone="info" title="Its rows are not in the project’s storage yet">
            The machine that has them uploads them when it next syncs, unless its user keeps them
            there.
          </Note>
        )}
        {dataset.storage_path !== null && (
          <>
            <p className={styles.words}>
              Its rows are on another machine and in the project’s storage. Downloaded, it stands
              among the datasets of this machine and can be trained on.
            </p>
            <TransferControl direction="download" table="datasets" rowId={id} name={name} />
          </>
        )}
        {owner === "you" && (
          <div>
            <DeleteElsewhereButton table="datasets" id={id} name={name} workstation={null} />
          </div>
        )}
      </div>
    </article>
  );
}

function figure(value: number | null): string {
  return value === null ? UNKNOWN : formatCount(value);
}
