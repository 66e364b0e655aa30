import { CloudDownload, CloudUpload, Pause, Play, X } from "lucide-react";
import type { Transfer } from "../../shared/contract/transfers.ts";
import { Button } from "../controls/button.tsx";
import { IconButton } from "../controls/icon-button.tsx";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import styles from "./transfer-control.module.css";
import { TransferStateLabel } from "./transfer-state-label.tsx";
import { paceWords, togetherOf, transferShare } from "./transfer-words.ts";
import { useBeginTransfer, useTransferActions } from "./use-transfer-actions.ts";

const NONE: readonly Transfer[] = [];

type TransferControlProps = {
  readonly direction: Transfer["direction"];
  readonly table: Transfer["table"];
  readonly rowId: string;
  /** What is moved, for assistive technology. */
  readonly name: string;
};

/** Brings the files of one row to the project or from there, in its place on the page. */
export function TransferControl({ direction, table, rowId, name }: TransferControlProps) {
  const transfers = useDesk((state) => valueOr(state.fileTransfers, NONE));
  const begin = useBeginTransfer(direction, table, rowId);
  const { pause, resume, cancel } = useTransferActions();
  const mine = transfers.filter((one) => one.rowId === rowId && one.direction === direction);
  const together = togetherOf(transfers, rowId, direction);
  const isUpload = direction === "upload";
  if (together === null) {
    return (
      <Button
        size="small"
        icon={isUpload ? CloudUpload : CloudDownload}
        isBusy={begin.isRunning}
        aria-label={`${isUpload ? "Upload" : "Download"} ${name}`}
        onClick={begin.run}
      >
        {isUpload ? "Upload" : "Download"}
      </Button>
    );
  }
  const { state, error } = together;
  const isResting = state === "paused" || state === "failed";
  const idsIn = (...states: readonly Transfer["state"][]): string[] =>
    mine.filter((one) => states.includes(one.state)).map(({ id }) => id);
  return (
    <div className={styles.control}>
      <div className={styles.line}>
        <TransferStateLabel transfer={together} />
        {state !== "done" && (
          <ProgressBar
            label={`Progress of ${name}`}
            share={transferShare(together)}
            tone={isResting ? "quiet" : "running"}
          />
        )}
        <span className={styles.pace}>{paceWords(together)}</span>
        {isResting && (
          <Button
            size="small"
            icon={Play}
            aria-label={`${state === "failed" ? "Try again" : "Go on"} with ${name}`}
            onClick={() => resume.run(...idsIn("paused", "failed"))}
          >
            {state === "failed" ? "Try again" : "Go on"}
          </Button>
        )}
        {!isResting && state !== "done" && (
          <Button
            size="small"
            look="quiet"
            icon={Pause}
            aria-label={`Pause ${name}`}
            onClick={() => pause.run(...idsIn("moving", "waiting", "verifying"))}
          >
            Pause
          </Button>
        )}
        {state !== "done" && (
          <IconButton
            label={`Cancel ${name}`}
            icon={X}
            // The files of one row are cancelled together.
            onClick={() => cancel.run(...mine.slice(0, 1).map(({ id }) => id))}
          />
        )}
      </div>
      {error !== null && <p className={styles.error}>{error.message}</p>}
    </div>
  );
}
