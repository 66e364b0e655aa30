import { AppError } from "../../shared/app-error.ts";
import type { Method, Params, Result, Topic, TopicData } from "../../shared/contract/contract.ts";
import { serverEnvelopeSchema } from "../../shared/contract/envelopes.ts";
import type { ClientEnvelope, Reply } from "../../shared/contract/envelopes.ts";
import { reconnectDelayMs } from "./reconnect-delay.ts";
import { Subscriptions } from "./subscriptions.ts";
import { isTopic, parseResult } from "./validate.ts";
import type { ConnectionState, FileTransfer, PickedFile, WindowClient } from "./window-client.ts";

const CLOSED_UNAUTHORISED = 4401;

export type WebSocketSurroundings = {
  readonly open: () => WebSocket;
  /** A browser does not tell why a WebSocket was refused: ask over HTTP. */
  readonly isUnauthorised: () => Promise<boolean>;
  readonly chooseFile: () => Promise<File | null>;
  readonly sendFile: (file: File, transfer: FileTransfer) => Promise<PickedFile>;
  /** Calls back after `ms`; returns the function that calls it off. */
  readonly after: (ms: number, callback: () => void) => () => void;
  readonly random: () => number;
};

type Waiting = {
  readonly envelope: string;
  readonly settle: (reply: Reply) => void;
  readonly fail: (error: AppError) => void;
};

/**
 * The core behind a socket that may break at any time. Requests made before the first connection
 * wait for it; those under way when it breaks fail as `unavailable`, because nobody can tell
 * whether they were carried out. Subscriptions are made again after every reconnection.
 */
export class WebSocketClient implements WindowClient {
  readonly canChooseFolders = false;
  readonly #surroundings: WebSocketSurroundings;
  readonly #subscriptions = new Subscriptions();
  readonly #waiting = new Map<number, Waiting>();
  readonly #connectionListeners = new Set<() => void>();
  #connection: ConnectionState = { state: "connecting" };
  #socket: WebSocket | null = null;
  #nextId = 1;
  #attempt = 0;
  #callOffReconnect: (() => void) | null = null;
  #isClosed = false;

  constructor(surroundings: WebSocketSurroundings) {
    this.#surroundings = surroundings;
    this.#open();
  }

  request<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const { state } = this.#connection;
    if (this.#isClosed || state === "reconnecting" || state === "unauthorised") {
      return Promise.reject(connectionLost());
    }
    const id = this.#nextId++;
    const envelope = JSON.stringify({ id, method, params } satisfies ClientEnvelope);
    return new Promise((resolve, reject) => {
      const settle = (reply: Reply): void => resolve(readReply(method, reply));
      this.#waiting.set(id, { envelope, settle, fail: reject });
      if (state === "connected") this.#socket?.send(envelope);
    });
  }

  subscribe<T extends Topic>(
    topic: T,
    listener: (data: TopicData<T>) => void,
    key?: string,
  ): () => void {
    if (this.#subscriptions.add(topic, key, listener)) {
      this.#send(withKey({ subscribe: topic }, key));
    }
    return () => {
      if (this.#subscriptions.remove(topic, key, listener)) {
        this.#send(withKey({ unsubscribe: topic }, key));
      }
    };
  }

  getConnection(): ConnectionState {
    return this.#connection;
  }

  onConnection(listener: () => void): () => void {
    this.#connectionListeners.add(listener);
    return () => this.#connectionListeners.delete(listener);
  }

  async pickFile(transfer: FileTransfer): Promise<PickedFile | null> {
    const file = await this.#surroundings.chooseFile();
    return file === null ? null : this.takeFile(file, transfer);
  }

  takeFile(file: File, transfer: FileTransfer): Promise<PickedFile> {
    return this.#surroundings.sendFile(file, transfer);
  }

  close(): void {
    this.#isClosed = true;
    this.#callOffReconnect?.();
    this.#failWaiting();
    this.#socket?.close();
  }

  #open(): void {
    const socket = this.#surroundings.open();
    this.#socket = socket;
    socket.addEventListener("open", () => this.#connected(socket));
    socket.addEventListener("message", (event) => this.#receive(event.data));
    socket.addEventListener("close", (event) => void this.#lost(socket, event.code));
  }

  #connected(socket: WebSocket): void {
    if (socket !== this.#socket || this.#isClosed) return;
    this.#attempt = 0;
    for (const { topic, key } of this.#subscriptions.active()) {
      socket.send(JSON.stringify(withKey({ subscribe: topic }, key)));
    }
    for (const { envelope } of this.#waiting.values()) socket.send(envelope);
    this.#change({ state: "connected" });
  }

  async #lost(socket: WebSocket, code: number): Promise<void> {
    if (socket !== this.#socket || this.#isClosed) return;
    this.#socket = null;
    const wasConnected = this.#connection.state === "connected";
    this.#attempt += 1;
    this.#change({ state: "reconnecting", attempt: this.#attempt });
    this.#failWaiting();
    const isRefused =
      code === CLOSED_UNAUTHORISED ||
      (!wasConnected && (await this.#surroundings.isUnauthorised()));
    if (this.#isClosed) return;
    if (isRefused) {
      this.#change({ state: "unauthorised" });
      return;
    }
    const delayMs = reconnectDelayMs(this.#attempt, this.#surroundings.random());
    this.#callOffReconnect = this.#surroundings.after(delayMs, () => this.#open());
  }

  #receive(data: unknown): void {
    const envelope = serverEnvelopeSchema.safeParse(parseJson(data));
    if (!envelope.success) return; // not ours to understand: a newer core may say more
    if ("topic" in envelope.data) {
      const { topic, key, data: payload } = envelope.data;
      if (isTopic(topic)) this.#subscriptions.deliver(topic, key, payload);
      return;
    }
    const waiting = this.#waiting.get(envelope.data.id);
    this.#waiting.delete(envelope.data.id);
    waiting?.settle(envelope.data);
  }

  #send(envelope: ClientEnvelope): void {
    if (this.#connection.state === "connected") this.#socket?.send(JSON.stringify(envelope));
  }

  #failWaiting(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { fail } of waiting) fail(connectionLost());
  }

  #change(next: ConnectionState): void {
    this.#connection = next;
    for (const listener of this.#connectionListeners) listener();
  }
}

async function readReply<M extends Method>(method: M, reply: Reply): Promise<Result<M>> {
  if (!reply.ok) throw AppError.fromFailure(reply.error);
  return parseResult(method, reply.result);
}

function connectionLost(): AppError {
  return new AppError(
    "unavailable",
    "The connection to the core is broken. Runs go on without it; try again when it is back.",
  );
}

function withKey<E extends object>(envelope: E, key: string | undefined): E & { key?: string } {
  return key === undefined ? envelope : { ...envelope, key };
}

function parseJson(data: unknown): unknown {
  if (typeof data !== "string") return undefined;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}
