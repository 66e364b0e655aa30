import { connect, createServer, type Socket } from "node:net";
import { Transform } from "node:stream";

export interface CuttingProxy {
  readonly url: string;
  /** Bytes that came from clients, answers not counted, and that went to them. */
  sentBytes(): number;
  receivedBytes(): number;
  /** Hears of each request's head before it is counted; null: nobody does. */
  onRequest: ((head: string) => void) | null;
  /** Ends every connection as soon as so many more bytes have passed, whichever way. */
  cutAfter(bytes: number): Promise<void>;
  /** From now on nothing passes until it is let through again. */
  refuse(isRefusing: boolean): void;
  close(): Promise<void>;
}

/** Stands between a client and a server on loopback, and breaks connections at a chosen byte. */
export async function openCuttingProxy(target: {
  host: string;
  port: number;
}): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let sent = 0;
  let received = 0;
  let isRefusing = false;
  let isCutting = false;
  let cut: { at: number; done: () => void } | null = null;

  const cutAll = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const counting = (add: (bytes: number) => void) =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        // What comes after the cut must not pass: there would be a hole in front of it.
        if (isCutting) return done();
        const present = cut;
        const room = present === null ? chunk.length : present.at - sent - received;
        if (present === null || room > chunk.length) {
          add(chunk.length);
          done(null, chunk);
          return;
        }
        // The byte at which it happens may be within a piece: what is before it still passes.
        const passing = chunk.subarray(0, Math.max(0, room));
        add(passing.length);
        this.push(passing);
        cut = null;
        isCutting = true;
        done();
        setImmediate(() => {
          cutAll();
          isCutting = false;
          present.done();
        });
      },
    });

  const server = createServer((client) => {
    if (isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (piece: Buffer) => {
      // A request's head is written by itself, or first of all.
      const head = /^(PATCH|GET) /.test(piece.toString("latin1", 0, 6)) ? piece : null;
      if (head !== null) proxy.onRequest?.(head.toString("latin1", 0, 4096));
    });
    client.pipe(counting((bytes) => (sent += bytes))).pipe(upstream);
    upstream.pipe(counting((bytes) => (received += bytes))).pipe(client);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  const proxy: CuttingProxy = {
    onRequest: null,
    url: `http://127.0.0.1:${address.port}`,
    sentBytes: () => sent,
    receivedBytes: () => received,
    cutAfter: (bytes) =>
      new Promise((done) => {
        cut = { at: sent + received + bytes, done };
      }),
    refuse(wanted) {
      isRefusing = wanted;
      if (wanted) cutAll();
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        cutAll();
      }),
  };
  return proxy;
}
