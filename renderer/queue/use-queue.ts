import { useState } from "react";
import type { Queue } from "../../shared/contract/queue.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDesk, useDeskStore } from "../core/desk.tsx";
import { ready, valueOr } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { useAction } from "../core/use-action.ts";
import { QueueMoves } from "./queue-moves.ts";
import { inQueueOrder, moved } from "./queue-order.ts";
import type { Move, QueuedJob } from "./queue-order.ts";

/** Where the core has put it; null: it was refused. */
export type MoveOutcome =
  | { readonly id: string; readonly place: number; readonly count: number }
  | { readonly id: string; readonly place: null };

export type QueueDesk = {
  readonly queue: Loadable<Queue>;
  readonly jobs: readonly QueuedJob[];
  readonly move: (move: Move) => void;
  readonly lastMove: MoveOutcome | null;
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
  const [pending, setPending] = useState<readonly Move[]>([]);
  const [lastMove, setLastMove] = useState<MoveOutcome | null>(null);
  const order = pending.reduce(moved, valueOr(queue, null)?.order ?? []);
  const jobs = inQueueOrder(valueOr(all, []), order);

  const receive = (value: Queue): void => store.setState({ queue: ready(value) });
  const [moves] = useState(
    () =>
      new QueueMoves({
        request: (wish) => client.request("queue.move", wish),
        onPending: setPending,
        onMoved({ id }, value) {
          receive(value);
          setLastMove({ id, place: value.order.indexOf(id) + 1, count: value.order.length });
        },
        onRefused({ id }, error) {
          setLastMove({ id, place: null });
          if (error.kind !== "cancelled") notify.failed(error);
        },
      }),
  );
  const pause = useAction(async (isPaused: boolean) => {
    receive(await client.request(isPaused ? "queue.pause" : "queue.resume", {}));
  }, notify.failed);
  return {
    queue,
    jobs,
    move: (wish) => moves.add(wish),
    lastMove,
    setPaused: pause.run,
    isBusy: pause.isRunning,
  };
}
