import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

/** Node's request as the web's, its body read whole: for servers that speak the latter. */
export async function toWebRequest(request: IncomingMessage, origin: string): Promise<Request> {
  const method = request.method ?? "GET";
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) headers.append(name, one);
    }
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(new URL(request.url ?? "/", origin), {
    method,
    headers,
    ...(hasBody ? { body: new Uint8Array(await buffer(request)) } : {}),
  });
}

export async function sendWebResponse(answer: Response, response: ServerResponse): Promise<void> {
  for (const [name, value] of answer.headers) {
    if (!name.startsWith("access-control-")) response.appendHeader(name, value);
  }
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status);
  response.end(body);
}
