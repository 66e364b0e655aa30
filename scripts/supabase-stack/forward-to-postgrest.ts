import { request as httpRequest } from "node:http";
import type { Agent, IncomingMessage, ServerResponse } from "node:http";

export interface ForwardTarget {
  port: number;
  agent: Agent;
  /** The path at PostgREST, with the query. */
  path: string;
  token: string;
}

/** Passes a request on, with the token that the gateway has found for it, and its answer back. */
export function forwardToPostgrest(
  incoming: IncomingMessage,
  response: ServerResponse,
  { port, agent, path, token }: ForwardTarget,
): void {
  const { apikey: _apikey, host: _host, connection: _connection, ...headers } = incoming.headers;
  const outgoing = httpRequest({
    host: "127.0.0.1",
    port,
    agent,
    path,
    method: incoming.method,
    headers: { ...headers, authorization: `Bearer ${token}` },
  });
  outgoing.on("response", (answer) => {
    for (const [name, value] of Object.entries(answer.headers)) {
      const isOurs = name.startsWith("access-control-") || name === "connection";
      if (!isOurs && value !== undefined) response.setHeader(name, value);
    }
    response.writeHead(answer.statusCode ?? 502);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  outgoing.on("error", (error) => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(503, { "content-type": "application/json" });
    response.end(JSON.stringify({ message: `PostgREST does not answer: ${error.message}` }));
  });
  response.on("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}
