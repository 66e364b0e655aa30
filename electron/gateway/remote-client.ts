import { WebSocket } from "ws";
import { AppError } from "../../shared/app-error.ts";
import {
  type CoreClient,
  type Method,
  procedures,
  type Topic,
  topics,
} from "../../shared/contract/contract.ts";
import {
  type EventEnvelope,
  type Reply,
  serverEnvelopeSchema,
} from "../../shared/contract/envelopes.ts";
import type { CoreAddress } from "../home/core-address.ts";
import { Hub } from "./hub.ts";

export interface RemoteClient extends CoreClient {
  /** Settles when the core went away or `close` was called. */
  readonly closed: Promise<void>;
  close(): void;
}

interface Waiting {
  method: Method;
  resolve: (result: unknown) => void;
  reject: (error: AppError) => void;
}

const CONNECT_TIMEOUT_MS = 3000;

/** @throws AppError `unavailable` when nobody answers at the address. */
export async function connectRemoteClient(address: CoreAddress): Promise<RemoteClient> {
  const socket = new WebSocket(`${address.url.replace("http:", "ws:")}/ws`, {
    headers: { authorization: `Bearer ${address.secret}` },
    handshakeTimeout: CONNECT_TIMEOUT_MS,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", (error) =>
      reject(
        new AppError("unavailable", `No LoRA Desk answers at ${address.url}.`, { cause: error }),
      ),
    );
  });
  return new SocketClient(socket);
}

class SocketClient implements RemoteClient {
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #hub = new Hub();
  readonly #waiting = new Map<number, Waiting>();
  readonly #subscribers = new Map<string, number>();
  #nextId = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        for (const { reject } of this.#waiting.values()) reject(wasClosed());
        this.#waiting.clear();
        resolve();
      });
    });
    socket.on("error", () => socket.terminate());
    socket.on("message", (data) => {
      try {
        this.#receive((data as Buffer).toString("utf8"));
      } catch {
        // Not a core of ours after all.
        socket.terminate();
      }
    });
  }

  request: CoreClient["request"] = (method, params) => {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) return reject(wasClosed());
      this.#waiting.set(id, { method, resolve: resolve as (result: unknown) => void, reject });
      this.#send({ id, method, params });
    });
  };

  subscribe: CoreClient["subscribe"] = (topic, listener, key) => {
    const filter = key === undefined ? {} : { key };
    const name = JSON.stringify([topic, key]);
    const unsubscribe = this.#hub.subscribe(topic, listener, key);
    const count = (this.#subscribers.get(name) ?? 0) + 1;
    this.#subscribers.set(name, count);
    if (count === 1) this.#send({ subscribe: topic, ...filter });
    return () => {
      unsubscribe();
      const left = (this.#subscribers.get(name) ?? 1) - 1;
      this.#subscribers.set(name, left);
      if (left === 0) this.#send({ unsubscribe: topic, ...filter });
    };
  };

  close(): void {
    this.#socket.close();
  }

  #send(envelope: unknown): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(envelope));
  }

  #receive(text: string): void {
    const envelope = serverEnvelopeSchema.parse(JSON.parse(text));
    if ("topic" in envelope) this.#hear(envelope);
    else this.#settle(envelope);
  }

  /** An event that does not fit is dropped: the next answer tells the truth. */
  #hear(event: EventEnvelope): void {
    if (!Object.hasOwn(topics, event.topic)) return;
    const topic = event.topic as Topic;
    const data = topics[topic].safeParse(event.data);
    if (data.success) this.#hub.publish(topic, data.data, event.key);
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    if (!reply.ok) return waiting.reject(AppError.fromFailure(reply.error));
    const result = procedures[waiting.method].output.safeParse(reply.result);
    if (result.success) return waiting.resolve(result.data);
    const message =
      "The running LoRA Desk answers as another version would. End it and start this one.";
    waiting.reject(new AppError("unsupported", message, { cause: result.error }));
  }
}

function wasClosed(): AppError {
  return new AppError("unavailable", "LoRA Desk was closed before it answered. Try again.");
}
