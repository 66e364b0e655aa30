import type { Topic, TopicData } from "../../shared/contract/contract.ts";
import { Hub } from "../gateway/hub.ts";
import type { CoreSource } from "./core-source.ts";

interface Subscription {
  /** Subscribes at a core; returns the end of it. */
  start(source: CoreSource): () => void;
  end: () => void;
}

/** A hub whose subscriptions move along when the window goes from one core to another. */
export class SwitchingHub extends Hub {
  readonly #subscriptions = new Set<Subscription>();
  #source: CoreSource | null = null;

  override subscribe<T extends Topic>(
    topic: T,
    listener: (data: TopicData<T>, key: string | undefined) => void,
    key?: string,
  ): () => void {
    const subscription: Subscription = {
      start: (source) => source.subscribe(topic, (data) => listener(data, key), key),
      end: () => undefined,
    };
    this.#subscriptions.add(subscription);
    if (this.#source !== null) subscription.end = subscription.start(this.#source);
    return () => {
      if (this.#subscriptions.delete(subscription)) subscription.end();
    };
  }

  /** From now on everything is heard from `source`; null while there is none. */
  use(source: CoreSource | null): void {
    this.#source = source;
    for (const subscription of this.#subscriptions) {
      subscription.end();
      subscription.end = source === null ? () => undefined : subscription.start(source);
    }
  }
}
