import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Queue } from "../../shared/contract/queue.ts";
import { QueueMoves } from "./queue-moves.ts";
import { moveBy, moved } from "./queue-order.ts";
import type { Move } from "./queue-order.ts";

/** A core that answers when it is told to. */
class SlowCore {
  order: readonly string[] = ["a", "b", "c", "d"];
  pending: readonly Move[] = [];
  readonly told: string[] = [];
  #onPending: () => void = () => undefined;
  readonly #asked: { move: Move; answer: PromiseWithResolvers<Queue> }[] = [];
  readonly moves = new QueueMoves({
    request: (move) => {
      const answer = Promise.withResolvers<Queue>();
      this.#asked.push({ move, answer });
      return answer.promise;
    },
    onPending: (pending) => {
      this.pending = pending;
      this.#onPending();
    },
    onMoved: ({ id }, { order }) => {
      this.order = order;
      this.told.push(`${id} is number ${order.indexOf(id) + 1}`);
    },
    onRefused: ({ id }, { message }) => this.told.push(`${id}: ${message}`),
  });

  get shown(): readonly string[] {
    return this.pending.reduce(moved, this.order);
  }

  get underWay(): readonly Move[] {
    return this.#asked.map(({ move }) => move);
  }

  press(id: string, by: -1 | 1): void {
    const move = moveBy(this.shown, id, by);
    if (move !== null) this.moves.add(move);
  }

  /** Resolves when the window has dealt with the answer. */
  async answer(error?: AppError): Promise<void> {
    const asked = this.#asked.shift();
    if (asked === undefined) throw new Error("Nothing was asked");
    const isDealtWith = new Promise<void>((resolve) => (this.#onPending = resolve));
    if (error === undefined) {
      asked.answer.resolve({ isPaused: false, order: [...moved(this.order, asked.move)] });
    } else {
      asked.answer.reject(error);
    }
    await isDealtWith;
  }
}

describe("QueueMoves", () => {
  it("carries out a second press that comes while the first is under way", async () => {
    const core = new SlowCore();
    core.press("a", 1);
    core.press("a", 1);
    expect(core.shown).toEqual(["b", "c", "a", "d"]);
    expect(core.underWay).toEqual([{ id: "a", beforeId: "c" }]);
    await core.answer();
    expect(core.shown).toEqual(["b", "c", "a", "d"]);
    expect(core.underWay).toEqual([{ id: "a", beforeId: "d" }]);
    await core.answer();
    expect(core.order).toEqual(["b", "c", "a", "d"]);
    expect(core.pending).toEqual([]);
    expect(core.told).toEqual(["a is number 2", "a is number 3"]);
  });

  it("shows what the core says where it refuses a move, and carries out the next one", async () => {
    const core = new SlowCore();
    core.press("a", 1);
    core.press("d", -1);
    await core.answer(new AppError("conflict", "It has begun."));
    expect(core.shown).toEqual(["a", "b", "d", "c"]);
    await core.answer();
    expect(core.order).toEqual(["a", "b", "d", "c"]);
    expect(core.told).toEqual(["a: It has begun.", "d is number 3"]);
  });
});
