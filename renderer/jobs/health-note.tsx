import type { JobHealth } from "../../shared/contract/job-facts.ts";
import { Note } from "../controls/note.tsx";
import { useNow } from "../core/use-now.ts";
import { formatAgo, formatDateTime } from "../format/time.ts";

const CLOCK_MS = 30_000;
/** The run does not come back from these by itself. */
const GRAVE: readonly JobHealth["kind"][] = ["vanished", "gpu_fault"];

type HealthNoteProps = { readonly health: JobHealth };

/** Something about a run that a person should know while it still goes on. */
export function HealthNote({ health: { kind, since, message, advice } }: HealthNoteProps) {
  const now = useNow(CLOCK_MS);
  return (
    <Note tone={GRAVE.includes(kind) ? "bad" : "warning"} title={message}>
      {advice}{" "}
      <time dateTime={since} title={formatDateTime(since)}>
        Noticed {formatAgo(since, now)}.
      </time>
    </Note>
  );
}
