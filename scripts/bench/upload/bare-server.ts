import { randomUUID } from "node:crypto";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/*
 * The least that an upload needs of a server, in a process of its own: PUT writes the body to a file;
 * POST, PATCH and HEAD are TUS without any check. What it cannot be faster than is the machine.
 */
const folder = mkdtempSync(join(tmpdir(), "lora-desk-bare-server-"));
const offsets = new Map<string, number>();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? "/";
  const file = join(folder, path.replaceAll(/[^a-z0-9-]/g, "_"));
  switch (request.method) {
    case "PUT":
      await pipeline(request, createWriteStream(file));
      response.writeHead(200).end();
      return;
    case "POST": {
      const id = `/upload/${randomUUID()}`;
      offsets.set(id, 0);
      response.writeHead(201, { location: id }).end();
      return;
    }
    case "PATCH": {
      await pipeline(request, createWriteStream(file, { flags: "a" }));
      const offset = (offsets.get(path) ?? 0) + Number(request.headers["content-length"]);
      offsets.set(path, offset);
      response.writeHead(204, { "upload-offset": String(offset) }).end();
      return;
    }
    default:
      response.writeHead(404).end("{}");
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") console.log(address.port);
});
process.stdin.resume().once("end", () => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});
