import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import sirv from "sirv";
import { type WebSocket, WebSocketServer } from "ws";
import { AppError } from "../../shared/app-error.ts";
import { type Access, cookieName } from "./access.ts";
import { ClientSession } from "./client-session.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Hub } from "./hub.ts";
import { signInPage } from "./sign-in-page.ts";
import type { Uploads } from "./uploads.ts";

export interface HttpServerOptions {
  dispatch: Dispatch;
  hub: Hub;
  access: Access;
  uploads: Uploads;
  /** The built window; null where only programs connect. */
  rendererPath: string | null;
  /** 0 lets the system choose. */
  port: number;
}

export interface HttpServer {
  readonly port: number;
  readonly url: string;
  /** Settles when no client is connected any more. */
  whenIdle(): Promise<void>;
  close(): Promise<void>;
}

/** Largest request envelope; files travel by upload. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** A client this far behind is cut off; it reconnects and asks for the present state. */
const MAX_BACKLOG_BYTES = 32 * 1024 * 1024;
const PING_INTERVAL_MS = 30_000;
/** How long a client has to answer that it, too, has closed. */
const GOODBYE_MS = 500;

const SECURITY_HEADERS = {
  "Content-Security-Policy":
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * The loopback side of the core.
 *
 *   GET  /?token=…      one-time token → session cookie
 *   GET  /…             the window (session needed)
 *   GET  /ws            WebSocket with the contract's envelopes (session or secret)
 *   POST /uploads?name= a file → {fileId, name, sizeBytes}
 *   POST /links         a fresh one-time link (secret only)
 */
export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { access, uploads } = options;
  const files =
    options.rendererPath === null
      ? null
      : sirv(options.rendererPath, { single: false, etag: true, dev: true });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  let port = 0;

  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    answer(request, response).catch((error: unknown) => answerFailure(request, response, error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (!access.isHostOurs(request, port)) return endWith(response, 403, "Wrong host.");
    const token = url.searchParams.get("token");
    if (request.method === "GET" && url.pathname === "/" && token !== null) {
      const session = access.redeem(token);
      if (session === null) return endWithPage(response, signInPage("used"));
      response.setHeader(
        "Set-Cookie",
        `${cookieName(request)}=${session}; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000`,
      );
      response.writeHead(303, { Location: "/" }).end();
      return;
    }
    const isWrite = request.method !== "GET" && request.method !== "HEAD";
    const caller = access.identify(request, isWrite);
    if (caller === null) {
      return isWrite
        ? endWith(response, 401, "Not signed in.")
        : endWithPage(response, signInPage("needed"));
    }
    if (request.method === "POST" && url.pathname === "/uploads") {
      const file = await uploads.receive(request, url.searchParams.get("name") ?? "");
      return endWithJson(response, 200, file);
    }
    if (request.method === "POST" && url.pathname === "/links" && caller === "local") {
      const link = `http://127.0.0.1:${port}/?token=${access.issueToken()}`;
      return endWithJson(response, 200, { link: files === null ? null : link });
    }
    if (isWrite || files === null) return endWith(response, 404, "Nothing here.");
    files(request, response, () => endWith(response, 404, "Nothing here."));
  }

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node leaves an upgraded socket to us, errors included; unheard, one would end the process.
    socket.on("error", () => socket.destroy());
    const caller =
      access.isHostOurs(request, port) && request.url === "/ws"
        ? access.identify(request, true)
        : null;
    if (caller === null) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const session = new ClientSession(options, caller, (envelope) => {
        if (webSocket.bufferedAmount > MAX_BACKLOG_BYTES) webSocket.terminate();
        else webSocket.send(JSON.stringify(envelope));
      });
      carry(webSocket, session);
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new AppError(
              "conflict",
              `Port ${options.port} is taken by another program. Choose another with --port.`,
              { cause: error },
            )
          : error,
      );
    });
    server.listen(options.port, "127.0.0.1", resolve);
  });
  port = (server.address() as AddressInfo).port;

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    whenIdle: () =>
      new Promise((resolve) => {
        const look = () => {
          if (sockets.clients.size > 0)
            sockets.clients.forEach((client) => client.once("close", look));
          else resolve();
        };
        look();
      }),
    close: async () => {
      for (const client of sockets.clients) client.close(1001, "LoRA Desk is closing");
      const cutOff = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, GOODBYE_MS);
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      clearTimeout(cutOff);
    },
  };
}

function carry(webSocket: WebSocket, session: ClientSession): void {
  let isAlive = true;
  const ping = setInterval(() => {
    if (!isAlive) return webSocket.terminate();
    isAlive = false;
    webSocket.ping();
  }, PING_INTERVAL_MS);
  webSocket.on("pong", () => (isAlive = true));
  webSocket.on("message", (data, isBinary) => {
    const message = isBinary ? undefined : parseJson((data as Buffer).toString("utf8"));
    if (!session.receive(message)) webSocket.close(1008, "Not an envelope of LoRA Desk");
  });
  webSocket.on("error", () => webSocket.terminate());
  webSocket.on("close", () => {
    clearInterval(ping);
    session.close();
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function endWith(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(text);
}

function endWithPage(response: ServerResponse, html: string): void {
  response.writeHead(401, { "Content-Type": "text/html; charset=utf-8" }).end(html);
}

function endWithJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}

function answerFailure(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    request.destroy();
    return;
  }
  const failure = error instanceof AppError ? error : new AppError("internal", "LoRA Desk failed.");
  response.setHeader("Connection", "close");
  endWithJson(response, failure.kind === "internal" ? 500 : 400, { error: failure.toFailure() });
}
