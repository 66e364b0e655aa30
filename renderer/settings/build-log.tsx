import { useLayoutEffect, useRef } from "react";
import { CopyButton } from "../controls/copy-button.tsx";
import { Note } from "../controls/note.tsx";
import { ScrollRegion } from "../controls/scroll-region.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import styles from "./build-log.module.css";
import { useBuildLog } from "./use-build-log.ts";

/** Within so many pixels of its end, the log counts as being read at its end. */
const NEAR_END = 24;

type BuildLogProps = {
  /** Names the build; another one starts the log anew. */
  readonly build: string;
};

/** What the last build printed, live. */
export function BuildLog({ build }: BuildLogProps) {
  const log = useBuildLog(build);
  if (log.state === "loading") return <Skeleton label="the build log" rows={3} />;
  if (log.state === "failed") return <Note tone="bad">{log.error.message}</Note>;
  if (log.value.length === 0) return <Note tone="info">No build has printed anything yet.</Note>;
  return <LogText text={log.value.join("\n")} />;
}

type LogTextProps = { readonly text: string };

/** Follows its end, unless a person has scrolled back to read. */
function LogText({ text }: LogTextProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  // After every drawing, because every one may have brought more lines.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight;
  });
  return (
    <div className={styles.log}>
      <ScrollRegion
        label="Build log"
        role="log"
        className={styles.scroller}
        element={scroller}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
        }}
      >
        <pre className={styles.text}>{text}</pre>
      </ScrollRegion>
      <div className={styles.copy}>
        <CopyButton label="Copy build log" text={text} />
      </div>
    </div>
  );
}
