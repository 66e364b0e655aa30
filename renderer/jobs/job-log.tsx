import { ArrowDownToLine, ScrollText } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Job } from "../../shared/contract/jobs.ts";
import { Button } from "../controls/button.tsx";
import { CopyButton } from "../controls/copy-button.tsx";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { formatBytes } from "../format/bytes.ts";
import styles from "./job-log.module.css";
import { LogText } from "./log-text.tsx";
import { TabBody } from "./tab-body.tsx";
import { useJobLog } from "./use-job-log.ts";

type JobLogProps = { readonly job: Job };

/** What the runner and the trainer have written, as they write it. */
export function JobLog({ job }: JobLogProps) {
  const { log, loadEarlier } = useJobLog(job.id);
  const [isFollowing, setIsFollowing] = useState(true);
  const [isLoading, setIsLoading] = useState(false);
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);

  if (log.state !== "ready" || log.value.endOffset === 0) {
    return <TabBody>{standIn(log)}</TabBody>;
  }
  const { lines, startOffset } = log.value;
  const showEarlier = async (): Promise<void> => {
    setIsFollowing(false);
    setIsLoading(true);
    try {
      await loadEarlier();
    } finally {
      if (isShown.current) setIsLoading(false);
    }
  };
  const path = `${job.runPath}/log.txt`;
  return (
    <div className={styles.log}>
      <div className={styles.bar}>
        {startOffset > 0 && (
          <Button size="small" isBusy={isLoading} onClick={() => void showEarlier()}>
            Show earlier ({formatBytes(startOffset)} before this)
          </Button>
        )}
        <code className={styles.path} title={path}>
          {path}
        </code>
        <CopyButton label="Copy path of the log" text={path} />
        <Button
          size="small"
          look={isFollowing ? "quiet" : "plain"}
          icon={ArrowDownToLine}
          aria-pressed={isFollowing}
          onClick={() => setIsFollowing(true)}
        >
          {isFollowing ? "Following the end" : "Follow the end"}
        </Button>
      </div>
      <LogText lines={lines} isFollowing={isFollowing} onFollow={setIsFollowing} />
    </div>
  );
}

function standIn(log: ReturnType<typeof useJobLog>["log"]) {
  if (log.state === "loading") return <Skeleton label="log" rows={10} rowHeight={14} />;
  if (log.state === "failed") {
    return (
      <Note tone="bad" title="The log could not be fetched">
        {log.error.message}
      </Note>
    );
  }
  return (
    <EmptyState icon={ScrollText} title="Nothing logged yet">
      What the trainer writes appears here from its first line on.
    </EmptyState>
  );
}
