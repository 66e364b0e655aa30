import { AppError } from "../../shared/app-error.ts";
import type { CoreClient, Topic, TopicData } from "../../shared/contract/contract.ts";

export interface Wait<T extends Topic, R> {
  /** Begins what is waited for and gives its present state. */
  start: () => Promise<TopicData<T>>;
  /** Looks at a state: the result once it is there, `undefined` to wait on; throws to give up. */
  settle: (state: TopicData<T>) => R | undefined;
}

/**
 * Waits until a state published on `topic` settles. It listens before it starts, so that a state
 * that passes in between is not missed.
 *
 * @throws AppError `unavailable` when the core goes away meanwhile.
 */
export function until<T extends Topic, R>(
  client: CoreClient,
  topic: T,
  key: string | undefined,
  wait: Wait<T, R>,
): Promise<R> {
  return new Promise((resolve, reject) => {
    let hasStarted = false;
    const early: TopicData<T>[] = [];
    const unsubscribe = client.subscribe(
      topic,
      (state) => (hasStarted ? look(state) : early.push(state)),
      key,
    );
    function look(state: TopicData<T>): void {
      try {
        const result = wait.settle(state);
        if (result === undefined) return;
        unsubscribe();
        resolve(result);
      } catch (error) {
        unsubscribe();
        reject(error);
      }
    }
    void client.closed?.then(() => {
      unsubscribe();
      reject(new AppError("unavailable", "LoRA Desk ended before this was done. Try again."));
    });
    wait.start().then(
      (state) => {
        hasStarted = true;
        look(state);
        for (const missed of early) look(missed);
      },
      (error: unknown) => {
        unsubscribe();
        reject(error);
      },
    );
  });
}
