import type { Topic, TopicData } from "../../shared/contract/contract.ts";
import { parseTopicData } from "./validate.ts";

type Entry = {
  readonly topic: Topic;
  readonly key: string | undefined;
  readonly listeners: Set<(data: never) => void>;
};

/** Who listens to what: one entry per topic and key, however many listeners it has. */
export class Subscriptions {
  readonly #entries = new Map<string, Entry>();

  /** Returns whether this is the first listener of the topic and key. */
  add<T extends Topic>(
    topic: T,
    key: string | undefined,
    listener: (data: TopicData<T>) => void,
  ): boolean {
    const id = entryId(topic, key);
    const entry = this.#entries.get(id) ?? { topic, key, listeners: new Set() };
    this.#entries.set(id, entry);
    entry.listeners.add(listener);
    return entry.listeners.size === 1;
  }

  /** Returns whether the last listener of the topic and key has gone. */
  remove<T extends Topic>(
    topic: T,
    key: string | undefined,
    listener: (data: TopicData<T>) => void,
  ): boolean {
    const id = entryId(topic, key);
    const entry = this.#entries.get(id);
    if (entry === undefined || !entry.listeners.delete(listener) || entry.listeners.size > 0) {
      return false;
    }
    this.#entries.delete(id);
    return true;
  }

  /** A keyed event reaches the listeners of its key and those without a key. */
  deliver(topic: Topic, key: string | undefined, data: unknown): void {
    this.deliverTo(topic, undefined, data);
    if (key !== undefined) this.deliverTo(topic, key, data);
  }

  /** Only to those who listen to exactly this topic and key. */
  deliverTo(topic: Topic, key: string | undefined, data: unknown): void {
    const entry = this.#entries.get(entryId(topic, key));
    if (entry === undefined) return;
    const parsed = parseTopicData(topic, data);
    if (parsed === null) return;
    for (const listener of entry.listeners) listener(parsed as never);
  }

  active(): { topic: Topic; key: string | undefined }[] {
    return [...this.#entries.values()].map(({ topic, key }) => ({ topic, key }));
  }
}

function entryId(topic: Topic, key: string | undefined): string {
  return key === undefined ? topic : `${topic} ${key}`;
}
