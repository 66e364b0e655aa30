import { Pause, Play, X } from "lucide-react";
import type { Transfer } from "../../shared/contract/transfers.ts";
import { IconButton } from "../controls/icon-button.tsx";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { TransferStateLabel } from "./transfer-state-label.tsx";
import { paceWords, transferShare } from "./transfer-words.ts";
import styles from "./transfers-section.module.css";
import type { TransferActions } from "./use-transfer-actions.ts";
import { useRowName } from "./use-row-name.ts";

type TransferRowProps = { readonly transfer: Transfer; readonly actions: TransferActions };

export function TransferRow({ transfer, actions }: TransferRowProps) {
  const { id, fileName, table, rowId, state, error } = transfer;
  const owner = useRowName(table, rowId);
  const canPause = state === "moving" || state === "waiting" || state === "verifying";
  const canResume = state === "paused" || state === "failed";
  return (
    <li className={styles.row}>
      <span className={styles.subject}>
        <span className={styles.file} title={fileName}>
          {fileName}
        </span>
        <span className={styles.owner}>{owner}</span>
      </span>
      <span className={styles.state}>
        <TransferStateLabel transfer={transfer} />
      </span>
      <span className={styles.progress}>
        <ProgressBar
          label={`Progress of ${fileName}`}
          share={transferShare(transfer)}
          tone={state === "done" ? "good" : canResume ? "quiet" : "running"}
        />
        <span className={styles.pace}>{paceWords(transfer)}</span>
      </span>
      <span className={styles.buttons}>
        {canPause && (
          <IconButton
            label={`Pause ${fileName}`}
            icon={Pause}
            onClick={() => actions.pause.run(id)}
          />
        )}
        {canResume && (
          <IconButton
            label={`${state === "failed" ? "Try again" : "Go on"} with ${fileName}`}
            icon={Play}
            onClick={() => actions.resume.run(id)}
          />
        )}
        {state !== "done" && (
          <IconButton
            label={`Cancel ${fileName}`}
            icon={X}
            onClick={() => actions.cancel.run(id)}
          />
        )}
      </span>
      {error !== null && <p className={styles.error}>{error.message}</p>}
    </li>
  );
}
