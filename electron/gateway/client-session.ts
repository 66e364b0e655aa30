import { type Caller, type Topic, topics } from "../../shared/contract/contract.ts";
import {
  type ClientEnvelope,
  clientEnvelopeSchema,
  type EventEnvelope,
  type Reply,
} from "../../shared/contract/envelopes.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Hub } from "./hub.ts";

/** One connected client, whatever carries its envelopes: its requests and its subscriptions. */
export class ClientSession {
  readonly #subscriptions = new Map<string, () => void>();
  readonly #dispatch: Dispatch;
  readonly #hub: Hub;
  readonly #caller: Caller;
  readonly #send: (envelope: Reply | EventEnvelope) => void;

  constructor(
    core: { dispatch: Dispatch; hub: Hub },
    caller: Caller,
    send: (envelope: Reply | EventEnvelope) => void,
  ) {
    this.#dispatch = core.dispatch;
    this.#hub = core.hub;
    this.#caller = caller;
    this.#send = send;
  }

  /** @returns false when what came is no envelope of the contract. */
  receive(message: unknown): boolean {
    const parsed = clientEnvelopeSchema.safeParse(message);
    if (!parsed.success) return false;
    this.#handle(parsed.data);
    return true;
  }

  close(): void {
    for (const unsubscribe of this.#subscriptions.values()) unsubscribe();
    this.#subscriptions.clear();
  }

  #handle(envelope: ClientEnvelope): void {
    if ("method" in envelope) {
      void this.#dispatch(envelope.method, envelope.params, this.#caller).then((outcome) =>
        this.#send({ id: envelope.id, ...outcome }),
      );
    } else if ("subscribe" in envelope) {
      this.#subscribe(envelope.subscribe, envelope.key);
    } else {
      const name = subscriptionName(envelope.unsubscribe, envelope.key);
      this.#subscriptions.get(name)?.();
      this.#subscriptions.delete(name);
    }
  }

  #subscribe(topic: string, key: string | undefined): void {
    const name = subscriptionName(topic, key);
    if (!isTopic(topic) || this.#subscriptions.has(name)) return;
    const unsubscribe = this.#hub.subscribe(
      topic,
      (data) => this.#send(key === undefined ? { topic, data } : { topic, key, data }),
      key,
    );
    this.#subscriptions.set(name, unsubscribe);
  }
}

function subscriptionName(topic: string, key: string | undefined): string {
  return key === undefined ? topic : `${topic} ${key}`;
}

function isTopic(topic: string): topic is Topic {
  return Object.hasOwn(topics, topic);
}
