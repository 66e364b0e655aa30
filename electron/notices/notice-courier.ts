import type { Notice } from "../../shared/contract/notifications.ts";
import type { DeliveryStore, DueDelivery } from "./delivery-store.ts";
import type { HookAnswer } from "./hook-answer.ts";
import type { Hook } from "./notice-hook.ts";

/** Between one try and the next; after the last there is none. */
const BACK_OFF_MS = [10_000, 60_000, 5 * 60_000, 30 * 60_000] as const;
const MOST_TRIES = BACK_OFF_MS.length + 1;
/** What is older is no news: an app that was closed for a week does not flood a channel. */
const STALE_MS = 24 * 60 * 60_000;
const CLOSING_MS = 3000;
/** Timers cannot be longer; it only looks again then. */
const LONGEST_TIMER_MS = 60 * 60_000;

export interface CourierOptions {
  deliveries: DeliveryStore;
  findNotice: (id: string) => Notice | null;
  hooks: () => readonly Hook[];
  send: (hook: Hook, notice: Notice, signal: AbortSignal) => Promise<HookAnswer>;
  now: () => Date;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/**
 * Brings notices to the hooks that are to hear of them: at least once each, in order per hook, at
 * most five times. A hook may hear of a notice twice where the core ends between the sending and
 * its being noted, so every try carries the notice's id.
 */
export class NoticeCourier {
  readonly #options: CourierOptions;
  readonly #closing = new AbortController();
  #round: Promise<void> | null = null;
  #isWoken = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** Looks for what is due. */
  wake(): void {
    this.#isWoken = true;
    this.#round ??= this.#rounds().finally(() => {
      this.#round = null;
      this.#setTimer();
    });
  }

  /** Resolves when nothing is being sent. */
  async settled(): Promise<void> {
    await this.#round;
  }

  /** What is being sent gets a moment to arrive; the rest is sent on the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const hurry = setTimeout(() => this.#closing.abort(), CLOSING_MS);
    await this.#round;
    clearTimeout(hurry);
  }

  async #rounds(): Promise<void> {
    while (this.#isWoken && !this.#isClosed) {
      this.#isWoken = false;
      const { deliveries, now, log } = this.#options;
      try {
        const byHook = Map.groupBy(deliveries.listDue(now().toISOString()), ({ hookId }) => hookId);
        await Promise.all([...byHook.values()].map((due) => this.#deliverInOrder(due)));
      } catch (error) {
        log("Notices could not be delivered", { error: String(error) });
        return;
      }
    }
  }

  async #deliverInOrder(due: readonly DueDelivery[]): Promise<void> {
    for (const delivery of due) {
      if (this.#isClosed) return;
      await this.#deliver(delivery);
    }
  }

  async #deliver(delivery: DueDelivery): Promise<void> {
    const { deliveries, findNotice, hooks, send, now, log } = this.#options;
    const hook = hooks().find(({ id }) => id === delivery.hookId);
    const notice = findNotice(delivery.noticeId);
    const isStale = notice !== null && now().getTime() - Date.parse(notice.createdAt) > STALE_MS;
    if (hook === undefined || notice === null || isStale) {
      const problem = isStale ? "It was a day old." : "The hook was removed.";
      deliveries.settle(delivery, { state: "given_up", at: now().toISOString(), problem });
      return;
    }
    const waitMs = BACK_OFF_MS[delivery.tries] ?? STALE_MS;
    deliveries.countTry(delivery, new Date(now().getTime() + waitMs).toISOString());
    const answer = await send(hook, notice, this.#closing.signal).catch(
      (error: unknown): HookAnswer => {
        const problem = `It could not be sent (${error instanceof Error ? error.name : "unknown"}).`;
        return { isDelivered: false, problem, canTryAgain: true };
      },
    );
    const at = now().toISOString();
    if (answer.isDelivered) {
      deliveries.settle(delivery, { state: "delivered", at, problem: null });
      return;
    }
    const tries = delivery.tries + 1;
    const isLast = !answer.canTryAgain || tries >= MOST_TRIES;
    const { problem } = answer;
    log("A notice was not delivered", { notice: notice.id, hook: hook.label, tries, problem });
    deliveries.settle(delivery, { state: isLast ? "given_up" : "waiting", at, problem });
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const dueAt = this.#options.deliveries.nextDueAt();
    if (dueAt === null) return;
    const waitMs = Date.parse(dueAt) - this.#options.now().getTime();
    const delayMs = Math.min(Math.max(waitMs, 1000), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.wake(), delayMs);
    this.#timer.unref();
  }
}
