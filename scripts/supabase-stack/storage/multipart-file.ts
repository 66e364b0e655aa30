import type { IncomingMessage } from "node:http";
import { badRequest } from "./storage-error.ts";

/** A form whose last part is the file, which is how supabase-js sends a Blob. */
export interface MultipartFile {
  /** The parts before the file, by name. */
  fields: Map<string, string>;
  contentType: string;
  /** The file's bytes, read as they come. */
  bytes: AsyncGenerator<Buffer>;
}

const MAX_HEAD_BYTES = 1024 * 1024;

/**
 * Reads a form up to its file. Each part is
 *   --boundary CRLF headers CRLF CRLF content CRLF
 * and the form ends with --boundary--. Everything after the file's headers and before that end is
 * the file, so nothing of it needs to be kept or searched but its last bytes.
 */
export async function readMultipartFile(request: IncomingMessage): Promise<MultipartFile> {
  const boundary = /boundary="?([^";]+)"?/i.exec(request.headers["content-type"] ?? "")?.[1];
  if (boundary === undefined) throw malformed("its header names no boundary");
  const delimiter = `--${boundary}\r\n`;
  const chunks = request[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const fields = new Map<string, string>();

  let head = Buffer.alloc(0);
  let start = 0;
  for (;;) {
    const headersEnd = head.indexOf("\r\n\r\n", start);
    if (headersEnd >= 0) {
      const headers = head.toString("utf8", start, headersEnd);
      const contentStart = headersEnd + 4;
      const isFile = /content-disposition:[^\r\n]*filename=/i.test(headers);
      if (isFile) {
        return {
          fields,
          contentType: valueOf(headers, "content-type") ?? "application/octet-stream",
          bytes: untilFormEnds(head.subarray(contentStart), chunks, boundary),
        };
      }
      const contentEnd = head.indexOf(`\r\n${delimiter}`, contentStart);
      if (contentEnd >= 0) {
        const name = /name="([^"]*)"/i.exec(headers)?.[1] ?? "";
        fields.set(name, head.toString("utf8", contentStart, contentEnd));
        start = contentEnd + 2;
        continue;
      }
    }
    const { value, done } = await chunks.next();
    if (done === true) throw malformed("it has no file");
    head = Buffer.concat([head, value]);
    if (head.length > MAX_HEAD_BYTES) throw malformed("its fields are too long");
  }
}

async function* untilFormEnds(
  first: Buffer,
  chunks: AsyncIterator<Buffer>,
  boundary: string,
): AsyncGenerator<Buffer> {
  const end = Buffer.from(`\r\n--${boundary}--`);
  // An end of line may follow the end of the form, but need not.
  const maxTail = end.length + 2;
  let held = first;
  for (;;) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    held = Buffer.concat([held, value]);
    if (held.length <= maxTail) continue;
    yield held.subarray(0, held.length - maxTail);
    held = held.subarray(held.length - maxTail);
  }
  const at = held.lastIndexOf(end);
  if (at < 0) throw malformed("it stops before its end");
  yield held.subarray(0, at);
}

function valueOf(headers: string, name: string): string | undefined {
  return new RegExp(`^${name}:\\s*(.*)$`, "im").exec(headers)?.[1]?.trim();
}

function malformed(reason: string): Error {
  return badRequest("InvalidRequest", `The form cannot be read: ${reason}`);
}
