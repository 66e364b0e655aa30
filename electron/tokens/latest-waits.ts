import { AppError } from "../../shared/app-error.ts";

interface Task<T> {
  work: () => Promise<T>;
  resolve: (result: T) => void;
  reject: (error: unknown) => void;
}

/**
 * One at a time, and one waits at most, the latest: of pages that somebody leafs through, the last
 * is the one to be seen. The one that waited before is rejected as cancelled.
 */
export class LatestWaits<T> {
  #running: Promise<void> | null = null;
  #waiting: Task<T> | null = null;
  #isClosed = false;

  add(work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(isClosing());
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const task = { work, resolve, reject };
    if (this.#running === null) this.#running = this.#run(task);
    else {
      this.#waiting?.reject(new AppError("cancelled", "Other rows were asked for meanwhile."));
      this.#waiting = task;
    }
    return promise;
  }

  /** Waits for the one that runs; ending it is for whoever gave the work. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting?.reject(isClosing());
    this.#waiting = null;
    await this.#running;
  }

  async #run({ work, resolve, reject }: Task<T>): Promise<void> {
    await work().then(resolve, reject);
    const next = this.#waiting;
    this.#waiting = null;
    this.#running = next === null ? null : this.#run(next);
  }
}

function isClosing(): AppError {
  return new AppError("unavailable", "LoRA Desk is closing.");
}
