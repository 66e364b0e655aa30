import type { Queue } from "../../shared/contract/queue.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDesk, useDeskStore } from "../core/desk.tsx";
import { ready, valueOr } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { useAction } from "../core/use-action.ts";
import { inQueueOrder, moved } from "./queue-order.ts";
import type { Move, QueuedJob } from "./queue-order.ts";

export type QueueDesk = {
  readonly queue: Loadable<Queue>;
  readonly jobs: readonly QueuedJob[];
  readonly move: (move: Move) => void;
  readonly setPaused: (isPaused: boolean) => void;
  readonly isBusy: boolean;
};

/** The queue and what can be done with it. A move shows at once, and goes back if it is refused. */
export function useQueue(): QueueDesk {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  const queue = useDesk((state) => state.queue);
  const all = useDesk((state) => state.jobs);
  const jobs = inQueueOrder(valueOr(all, []), valueOr(queue, null)?.order ?? []);

  const receive = (value: Queue): void => store.setState({ queue: ready(value) });
  const move = useAction(async (wish: Move) => {
    if (queue.state !== "ready") return;
    receive({
      ...queue.value,
      order: [
        ...moved(
          jobs.map(({ id }) => id),
          wish,
        ),
      ],
    });
    try {
      receive(await client.request("queue.move", wish));
    } catch (error) {
      receive(queue.value);
      throw error;
    }
  }, notify.failed);
  const pause = useAction(async (isPaused: boolean) => {
    receive(await client.request(isPaused ? "queue.pause" : "queue.resume", {}));
  }, notify.failed);
  return { queue, jobs, move: move.run, setPaused: pause.run, isBusy: pause.isRunning };
}
