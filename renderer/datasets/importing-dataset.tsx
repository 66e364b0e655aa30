import { X } from "lucide-react";
import type { Dataset } from "../../shared/contract/datasets.ts";
import { Button } from "../controls/button.tsx";
import { Figures } from "../controls/figures.tsx";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { formatBytes, formatBytesPerSecond } from "../format/bytes.ts";
import { UNKNOWN, formatCount, formatShare } from "../format/numbers.ts";
import { formatTimeLeft } from "../format/time.ts";
import { secondsToGo } from "./byte-rate.ts";
import styles from "./dataset-detail.module.css";
import { shareOf } from "./import-pace.ts";
import { useByteRate } from "./use-byte-rate.ts";
import { useCancelImport } from "./use-dataset-actions.ts";

type ImportingDatasetProps = { readonly dataset: Extract<Dataset, { status: "importing" }> };

export function ImportingDataset({ dataset: { id, name, progress } }: ImportingDatasetProps) {
  const rate = useByteRate(id);
  const cancel = useCancelImport(id);
  const { bytesRead, bytesTotal, rows, rejected } = progress;
  const share = shareOf(bytesRead, bytesTotal);
  const seconds = secondsToGo(bytesRead, bytesTotal, rate);
  return (
    <div className={styles.content}>
      <div className={styles.progress}>
        <ProgressBar label={`Importing ${name}`} share={share} tone="running" />
        <span>{share === null ? UNKNOWN : formatShare(share)}</span>
        <Button icon={X} onClick={cancel.run} isBusy={cancel.isRunning}>
          Cancel import
        </Button>
      </div>
      <Figures
        label="Import progress"
        figures={[
          { name: "Rows so far", value: formatCount(rows) },
          { name: "Left out", value: formatCount(rejected) },
          { name: "Read", value: formatBytes(bytesRead), detail: `of ${formatBytes(bytesTotal)}` },
          { name: "Speed", value: rate === null ? UNKNOWN : formatBytesPerSecond(rate) },
          { name: "Time left", value: seconds === null ? UNKNOWN : timeLeft(seconds) },
        ]}
      />
    </div>
  );
}

/** The figure's name says "left" already. */
function timeLeft(seconds: number): string {
  return formatTimeLeft(seconds).replace(/ left$/, "");
}
