import type { Publish, Topic, TopicData } from "../../shared/contract/contract.ts";

type Listener = (data: unknown, key: string | undefined) => void;

/**
 * Carries events from the core's parts to whoever listens. A part that has to work for its events
 * (sampling GPUs) can watch whether anyone listens.
 */
export class Hub {
  readonly #listeners = new Map<Topic, Set<{ key: string | undefined; listener: Listener }>>();
  readonly #watchers = new Map<Topic, Set<(isHeard: boolean) => void>>();

  readonly publish: Publish = (topic, data, key) => {
    for (const entry of this.#listeners.get(topic) ?? []) {
      if (entry.key === undefined || entry.key === key) entry.listener(data, key);
    }
  };

  subscribe<T extends Topic>(
    topic: T,
    listener: (data: TopicData<T>, key: string | undefined) => void,
    key?: string,
  ): () => void {
    const entry = { key, listener: listener as Listener };
    const entries = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, entries.add(entry));
    if (entries.size === 1) this.#tellWatchers(topic, true);
    return () => {
      if (entries.delete(entry) && entries.size === 0) this.#tellWatchers(topic, false);
    };
  }

  /** Calls back now and whenever the first listener comes or the last one goes. */
  watch(topic: Topic, watcher: (isHeard: boolean) => void): () => void {
    const watchers = this.#watchers.get(topic) ?? new Set();
    this.#watchers.set(topic, watchers.add(watcher));
    watcher((this.#listeners.get(topic)?.size ?? 0) > 0);
    return () => watchers.delete(watcher);
  }

  #tellWatchers(topic: Topic, isHeard: boolean): void {
    for (const watcher of this.#watchers.get(topic) ?? []) watcher(isHeard);
  }
}
