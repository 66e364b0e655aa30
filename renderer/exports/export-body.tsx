import type { Export } from "../../shared/contract/exports.ts";
import { Button } from "../controls/button.tsx";
import { FailureNote } from "../controls/failure-note.tsx";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { formatShare } from "../format/numbers.ts";
import styles from "./export-body.module.css";
import { ExportResult } from "./export-result.tsx";
import { exportTitle } from "./export-words.ts";
import { useCancelExport, useStartExport } from "./use-export-actions.ts";

type ExportBodyProps = { readonly one: Export };

/** How far an export is, or what came of it. */
export function ExportBody({ one }: ExportBodyProps) {
  const cancel = useCancelExport(one.id);
  const again = useStartExport();
  switch (one.state) {
    case "queued":
    case "running": {
      const share = one.state === "running" ? one.share : null;
      return (
        <div className={styles.progress}>
          <ProgressBar
            label={`Progress of ${exportTitle(one)}`}
            share={share ?? 0}
            tone={share === null ? "quiet" : "running"}
          />
          <span className={styles.share}>{share === null ? "" : formatShare(share)}</span>
          <p className={styles.message}>
            {one.state === "running"
              ? one.message
              : "It starts when the export before it has ended."}
          </p>
          <Button size="small" onClick={cancel.run} isBusy={cancel.isRunning}>
            Cancel
          </Button>
        </div>
      );
    }
    case "done":
      return <ExportResult one={one} />;
    case "failed": {
      const { artifactId: id, format, outtype, isMergedFirst, name } = one;
      const retry = (): void =>
        again.run({ id, format, isMergedFirst, name, ...(outtype === null ? {} : { outtype }) });
      return (
        <div className={styles.failure}>
          <FailureNote
            title="Nothing was exported"
            failure={again.error ?? one.failure}
            action={
              <Button size="small" onClick={retry} isBusy={again.isRunning}>
                Try again
              </Button>
            }
          />
        </div>
      );
    }
    case "cancelled":
      return null;
  }
}
