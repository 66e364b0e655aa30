import { Agent, createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ApiKeys, CallHeaders } from "./api-keys.ts";
import type { AuthServer } from "./auth-server.ts";
import { allowEveryOrigin, answerPreflight } from "./cross-origin.ts";
import { forwardToPostgrest } from "./forward-to-postgrest.ts";
import { PortTakenError } from "./free-port.ts";
import { STORAGE_PATH } from "./storage/storage-server.ts";
import type { StorageServer } from "./storage/storage-server.ts";
import { sendWebResponse, toWebRequest } from "./web-request.ts";

export interface GatewayOptions {
  port: number;
  apiKeys: ApiKeys;
  postgrestPort: number;
  auth: AuthServer;
  storage: StorageServer;
}

export interface Gateway {
  close(): Promise<void>;
}

/** What opens a link in a mail, or looks for the public keys, has no API key to send. */
const OPEN_AUTH_PATH = /^\/auth\/v1\/(verify|callback|authorize|health|\.well-known\/)/;

/**
 * The one address of the stack:
 *   /rest/v1     PostgREST, with the token that the API key or Authorization stands for
 *   /auth/v1     auth
 *   /storage/v1  storage, which reads the keys itself
 */
export function openGateway(options: GatewayOptions): Promise<Gateway> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    allowEveryOrigin(response);
    if (answerPreflight(request, response)) return;
    route(request, response, agent, options).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, 500, { message: error instanceof Error ? error.message : "Failed" });
    });
  });
  // An upload of 5 GB takes longer than Node's five minutes for a request.
  server.requestTimeout = 0;

  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const words = `The port ${options.port} cannot be used: ${error.message}. Choose another with --port.`;
      reject(error.code === "EADDRINUSE" ? new PortTakenError(words) : new Error(words));
    });
    server.listen(options.port, "127.0.0.1", () => {
      resolve({
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
            agent.destroy();
          }),
      });
    });
  });
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  agent: Agent,
  { port, apiKeys, postgrestPort, auth, storage }: GatewayOptions,
): Promise<void> {
  const url = new URL(request.url ?? "/", `http://127.0.0.1:${port}`);
  if (url.pathname.startsWith(`${STORAGE_PATH}/`)) return storage.handle(request, response);

  const isRest = /^\/rest\/v1(\/|$)/.test(url.pathname);
  const isAuth = url.pathname.startsWith("/auth/v1/");
  if (!isRest && !isAuth) {
    return send(response, 404, { message: "no Route matched with those values" });
  }
  const headers = headersOf(request, url);
  if (!(isAuth && OPEN_AUTH_PATH.test(url.pathname))) {
    if (headers.apikey === null) {
      return send(response, 401, {
        message: "No API key found in request",
        hint: "No `apikey` request header or url param was found.",
      });
    }
    if (!apiKeys.isKnown(headers.apikey)) {
      return send(response, 401, {
        message: "Invalid API key",
        hint: "Double check your Supabase `anon` or `service_role` API key.",
      });
    }
  }
  if (isAuth) {
    return sendWebResponse(await auth.handle(await toWebRequest(request, url.origin)), response);
  }
  url.searchParams.delete("apikey");
  forwardToPostgrest(request, response, {
    port: postgrestPort,
    agent,
    path: `${url.pathname.slice("/rest/v1".length) || "/"}${url.search}`,
    token: apiKeys.tokenFor(headers) ?? "",
  });
}

function headersOf(request: IncomingMessage, url: URL): CallHeaders {
  const { apikey, authorization } = request.headers;
  return {
    apikey: typeof apikey === "string" ? apikey : url.searchParams.get("apikey"),
    authorization: authorization ?? null,
  };
}

function send(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
