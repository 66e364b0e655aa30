import { Link } from "@tanstack/react-router";
import type { JobOf } from "../../shared/contract/jobs.ts";
import { Note } from "../controls/note.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { useNow } from "../core/use-now.ts";
import { waitingWords } from "../queue/waiting-words.ts";

const CLOCK_MS = 1_000;

type WaitingNoteProps = { readonly job: JobOf<"queued"> };

/** What a queued job waits for, and how far in front it is. */
export function WaitingNote({ job }: WaitingNoteProps) {
  const now = useNow(CLOCK_MS);
  const queue = useDesk((state) => valueOr(state.queue, null));
  const place = queue?.order.indexOf(job.id) ?? -1;
  if (job.waitingFor === null && job.notBefore === null) return null;
  return (
    <Note tone="info" title={waitingWords(job, now)}>
      {place >= 0 && (
        <>
          Number {place + 1} of {queue?.order.length} in <Link to="/jobs">the queue</Link>.{" "}
        </>
      )}
      It starts by itself. This window need not stay open, but LoRA Desk has to be running.
    </Note>
  );
}
