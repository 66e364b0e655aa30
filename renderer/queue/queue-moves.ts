import type { AppError } from "../../shared/app-error.ts";
import type { Queue } from "../../shared/contract/queue.ts";
import { asAppError } from "../core/loadable.ts";
import type { Move } from "./queue-order.ts";

export type QueueMovesOptions = {
  readonly request: (move: Move) => Promise<Queue>;
  /** The moves that the core has not answered yet, the first one first. */
  readonly onPending: (moves: readonly Move[]) => void;
  readonly onMoved: (move: Move, queue: Queue) => void;
  readonly onRefused: (move: Move, error: AppError) => void;
};

/** Has moves carried out in the order in which they were made, one at a time, and none left out. */
export class QueueMoves {
  readonly #options: QueueMovesOptions;
  #pending: readonly Move[] = [];

  constructor(options: QueueMovesOptions) {
    this.#options = options;
  }

  add(move: Move): void {
    const isFirst = this.#pending.length === 0;
    this.#setPending([...this.#pending, move]);
    if (isFirst) void this.#carryOut(move);
  }

  async #carryOut(move: Move): Promise<void> {
    const { request, onMoved, onRefused } = this.#options;
    try {
      onMoved(move, await request(move));
    } catch (error) {
      onRefused(move, asAppError(error));
    }
    this.#setPending(this.#pending.slice(1));
    const [next] = this.#pending;
    if (next !== undefined) void this.#carryOut(next);
  }

  #setPending(moves: readonly Move[]): void {
    this.#pending = moves;
    this.#options.onPending(moves);
  }
}
