import { X } from "lucide-react";
import { IconButton } from "../controls/icon-button.tsx";
import { ProgressBar } from "../controls/progress-bar.tsx";
import styles from "./dataset-list.module.css";
import type { Transfer } from "./datasets-slice.ts";
import { describePace, shareOf } from "./import-pace.ts";
import { useByteRate } from "./use-byte-rate.ts";

type TransferItemProps = { readonly transfer: Transfer };

/** A file that is still being sent to the core; its import begins when it is there. */
export function TransferItem({ transfer }: TransferItemProps) {
  const { id, name, bytesSent, bytesTotal, cancel } = transfer;
  const rate = useByteRate(id);
  return (
    <li className={`${styles.item} ${styles.transfer}`}>
      <div className={styles.transferWords}>
        <span className={styles.name} title={name}>
          Sending {name}
        </span>
        <span className={styles.progress}>
          <ProgressBar
            label={`Sending ${name}`}
            share={shareOf(bytesSent, bytesTotal)}
            tone="running"
          />
        </span>
        <span className={styles.meta}>{describePace(bytesSent, bytesTotal, rate)}</span>
      </div>
      <IconButton label={`Cancel sending ${name}`} icon={X} onClick={cancel} />
    </li>
  );
}
