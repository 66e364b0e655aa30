import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { ObjectFiles } from "./object-files.ts";
import type { StoredObject } from "./object-store.ts";

interface ByteRange {
  start: number;
  /** The last byte, itself included. */
  end: number;
}

/** Answers with an object's bytes, all of them or the range that was asked for. */
export async function sendObject(
  files: ObjectFiles,
  object: StoredObject,
  request: IncomingMessage,
  response: ServerResponse,
  downloadAs: string | null,
): Promise<void> {
  const { size, mimetype, cacheControl, eTag, lastModified } = object.metadata;
  response.setHeader("content-type", mimetype);
  response.setHeader("cache-control", cacheControl);
  response.setHeader("etag", eTag);
  response.setHeader("last-modified", new Date(lastModified).toUTCString());
  response.setHeader("accept-ranges", "bytes");
  if (downloadAs !== null) {
    const name = encodeURIComponent(downloadAs === "" ? lastPartOf(object.name) : downloadAs);
    response.setHeader("content-disposition", `attachment; filename*=UTF-8''${name}`);
  }

  const range = parseRange(request.headers.range, size);
  if (range === "unsatisfiable") {
    response.writeHead(416, { "content-range": `bytes */${size}` }).end();
    return;
  }
  if (range === null) {
    response.writeHead(200, { "content-length": size });
  } else {
    response.writeHead(206, {
      "content-length": range.end - range.start + 1,
      "content-range": `bytes ${range.start}-${range.end}/${size}`,
    });
  }
  if (request.method === "HEAD" || size === 0) response.end();
  else await pipeline(files.read(object.version, range), response);
}

/** One range only; several, or none that can be read, count as none, which HTTP allows. */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | null | "unsatisfiable" {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (match === null) return null;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return null;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? "unsatisfiable" : { start, end };
}

function lastPartOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
