import type { IncomingMessage, ServerResponse } from "node:http";

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
/** What a page may read of an answer: PostgREST's counts, and the headers of resumable uploads. */
const EXPOSED = [
  "Content-Encoding",
  "Content-Location",
  "Content-Range",
  "Content-Type",
  "Location",
  "Range-Unit",
  "Preference-Applied",
  "Tus-Complete",
  "Tus-Extension",
  "Tus-Max-Size",
  "Tus-Resumable",
  "Tus-Version",
  "Upload-Expires",
  "Upload-Length",
  "Upload-Metadata",
  "Upload-Offset",
].join(", ");

/** Every page may ask, as on hosted projects: what protects the data is the token. */
export function allowEveryOrigin(response: ServerResponse): void {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-expose-headers", EXPOSED);
}

/** Answers a browser that asks before it sends; true when it was one. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): boolean {
  const { headers } = request;
  if (request.method !== "OPTIONS" || headers["access-control-request-method"] === undefined) {
    return false;
  }
  response.writeHead(204, {
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": headers["access-control-request-headers"] ?? "*",
    "access-control-max-age": "3600",
  });
  response.end();
  return true;
}
