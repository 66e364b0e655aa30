import { Pause, Play } from "lucide-react";
import { Button } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useNow } from "../core/use-now.ts";
import { moveBy } from "./queue-order.ts";
import type { QueuedJob } from "./queue-order.ts";
import { QueueRow } from "./queue-row.tsx";
import styles from "./queue-section.module.css";
import { useQueue } from "./use-queue.ts";
import type { MoveOutcome } from "./use-queue.ts";
import { useQueueDrag } from "./use-queue-drag.ts";

const CLOCK_MS = 5_000;

/** What waits, in the order in which it will start, and whether anything is to start at all. */
export function QueueSection() {
  const { queue, jobs, move, lastMove, setPaused, isBusy } = useQueue();
  const now = useNow(CLOCK_MS);
  const order = jobs.map(({ id }) => id);
  const dragOf = useQueueDrag(order, move);
  const isPaused = queue.state === "ready" && queue.value.isPaused;

  const step = (id: string, by: -1 | 1): void => {
    const wish = moveBy(order, id, by);
    if (wish !== null) move(wish);
  };
  return (
    <div className={styles.queue}>
      <Section
        title={jobs.length === 0 ? "Queue" : `Queue (${jobs.length})`}
        aside={
          queue.state === "ready" && (
            <Button
              size="small"
              icon={isPaused ? Play : Pause}
              isBusy={isBusy}
              onClick={() => setPaused(!isPaused)}
            >
              {isPaused ? "Resume the queue" : "Pause the queue"}
            </Button>
          )
        }
      >
        {queue.state === "loading" && <Skeleton label="queue" rows={2} />}
        {queue.state === "failed" && (
          <Note tone="bad" title="The queue could not be fetched">
            {queue.error.message}
          </Note>
        )}
        {isPaused && (
          <Note tone="warning" title="The queue is paused">
            What runs goes on; nothing new is started until the queue is resumed.
          </Note>
        )}
        {queue.state === "ready" && jobs.length === 0 && (
          <p className={styles.none}>
            Nothing waits. A new job starts as soon as its device is free.
          </p>
        )}
      </Section>
      {queue.state === "ready" && jobs.length > 0 && (
        <ol className={styles.list} aria-label="Queue">
          {jobs.map((job, place) => (
            <QueueRow
              key={job.id}
              job={job}
              place={place}
              count={jobs.length}
              now={now}
              drag={dragOf(job.id)}
              onMove={(by) => step(job.id, by)}
            />
          ))}
        </ol>
      )}
      <output className="visually-hidden" aria-label="Moves in the queue">
        {lastMove !== null && moveWords(lastMove, jobs)}
      </output>
    </div>
  );
}

function moveWords(last: MoveOutcome, jobs: readonly QueuedJob[]): string {
  const name = jobs.find(({ id }) => id === last.id)?.name;
  if (name === undefined) return "";
  return last.place === null
    ? `${name} was not moved.`
    : `${name} is now number ${last.place} of ${last.count}.`;
}
