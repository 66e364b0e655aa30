import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect as openSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Handlers } from "../../shared/contract/contract.ts";
import { Access, type SessionMemory } from "./access.ts";
import { createDispatch } from "./dispatch.ts";
import { FileRegister } from "./file-register.ts";
import { type HttpServer, openHttpServer } from "./http-server.ts";
import { Hub } from "./hub.ts";
import { Uploads } from "./uploads.ts";

const SECRET = "s".repeat(40);
let folder = "";
let server: HttpServer;
let access: Access;
let files: FileRegister;
let digests: readonly string[] = [];
const memory: SessionMemory = { load: () => digests, save: (next) => (digests = next) };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lora-desk-http-"));
  mkdirSync(join(folder, "window"));
  writeFileSync(join(folder, "window", "index.html"), "<!doctype html><title>window</title>");
  writeFileSync(join(folder, "secret.txt"), "outside the window's folder");
  digests = [];
  await open();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  access = new Access(SECRET, memory);
  files = new FileRegister();
  const uploads = new Uploads(join(folder, "uploads"), files);
  await uploads.prepare();
  const settings = { theme: "system" as const, modelFolders: [], pythonPath: null };
  const handlers = { "settings.get": () => settings } as unknown as Handlers;
  server = await openHttpServer({
    dispatch: createDispatch(handlers, () => {}),
    hub: new Hub(),
    access,
    uploads,
    rendererPath: join(folder, "window"),
    port: 0,
  });
}

interface Answer {
  status: number;
  body: string;
  headers: Record<string, string | string[] | undefined>;
}

/** Plain node:http, because fetch does not let a test forge Host and Origin. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, body } = options;
    const request = httpRequest(
      { host: "127.0.0.1", port: server.port, path, method, headers },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }),
        );
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

async function signIn(): Promise<string> {
  const answer = await ask(`/?token=${access.issueToken()}`);
  expect(answer.status).toBe(303);
  return String(answer.headers["set-cookie"]).split(";")[0] ?? "";
}

function connect(headers: Record<string, string>): Promise<number | "open"> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, { headers });
  return new Promise((resolve) => {
    socket.on("open", () => {
      socket.close();
      resolve("open");
    });
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.on("error", () => {});
  });
}

describe("the one-time link", () => {
  test("becomes a cookie that scripts cannot read and other sites cannot send", async () => {
    const token = access.issueToken();
    const answer = await ask(`/?token=${token}`);
    expect(answer.status).toBe(303);
    expect(answer.headers["set-cookie"]?.[0]).toMatch(/HttpOnly; SameSite=Strict; Path=\//);

    const again = await ask(`/?token=${token}`);
    expect(again.status).toBe(401);
    expect(again.headers["set-cookie"]).toBeUndefined();
    expect(again.body).toContain("has been used");
  });

  test("opens the window, with a strict content security policy", async () => {
    const answer = await ask("/", { headers: { cookie: await signIn() } });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("window");
    expect(answer.headers["content-security-policy"]).toContain("script-src 'self';");
  });

  test("lasts over a restart of the core", async () => {
    const [, value] = (await signIn()).split("=");
    await server.close();
    await open();
    const cookie = `lora-desk-${server.port}=${value}`;
    expect((await ask("/", { headers: { cookie } })).status).toBe(200);
  });
});

describe("strangers", () => {
  test("without a session get no file and no socket", async () => {
    expect((await ask("/")).status).toBe(401);
    expect((await ask("/index.html")).status).toBe(401);
    expect((await ask("/uploads?name=x", { method: "POST", body: "x" })).status).toBe(401);
    expect(await connect({})).toBe(401);
    expect(await connect({ authorization: "Bearer wrong" })).toBe(401);
  });

  test("with another Host (DNS rebinding) are refused even with the cookie", async () => {
    const cookie = await signIn();
    const headers = { cookie, host: `evil.example:${server.port}` };
    expect((await ask("/", { headers })).status).toBe(403);
    expect(await connect({ ...headers, origin: `http://evil.example:${server.port}` })).toBe(401);
  });

  test("from another origin are refused even with the cookie", async () => {
    const cookie = await signIn();
    for (const origin of ["http://evil.example", "null", `https://127.0.0.1:${server.port}`]) {
      expect(await connect({ cookie, origin })).toBe(401);
      const upload = { method: "POST", body: "x", headers: { cookie, origin } };
      expect((await ask("/uploads?name=x", upload)).status).toBe(401);
    }
    expect(await connect({ cookie })).toBe(401);
    expect(await connect({ cookie, origin: server.url })).toBe("open");
  });

  test("cannot climb out of the window's folder", async () => {
    const headers = { cookie: await signIn() };
    for (const path of [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "//secret.txt",
    ]) {
      expect((await ask(path, { headers })).body).not.toContain("outside");
    }
  });
});

test("a stranger who breaks off an upgrade does not end the core", async () => {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const socket = openSocket(server.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(
      "GET /ws HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    socket.resetAndDestroy();
  }
  expect((await ask("/")).status).toBe(401);
});

test("closing does not wait for a client that does not answer", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, {
    headers: { authorization: `Bearer ${SECRET}` },
  });
  await once(socket, "open");
  socket.pause();
  const idle = server.whenIdle();
  await server.close();
  expect(await idle).toBeUndefined();
  socket.terminate();
  await open();
});

describe("uploads", () => {
  test("are registered under an id and keep only the file's own name", async () => {
    const headers = { cookie: await signIn(), origin: server.url };
    const name = encodeURIComponent("../../etc/rows.jsonl");
    const answer = await ask(`/uploads?name=${name}`, { method: "POST", headers, body: "{}\n" });
    const { fileId, ...rest } = JSON.parse(answer.body) as { fileId: string };
    expect(rest).toEqual({ name: "rows.jsonl", sizeBytes: 3 });
    expect(readFileSync(files.resolve(fileId).path, "utf8")).toBe("{}\n");
  });

  test("that announce more than 500 MB are refused at once", async () => {
    const headers = { cookie: await signIn(), origin: server.url, "content-length": "600000000" };
    const answer = await ask("/uploads?name=big.jsonl", { method: "POST", headers, body: "x" });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("larger than 500 MB");
  });
});

test("fresh links are given to the secret only", async () => {
  const headers = { authorization: `Bearer ${SECRET}` };
  const answer = await ask("/links", { method: "POST", headers });
  const { link } = JSON.parse(answer.body) as { link: string };
  expect((await ask(new URL(link).pathname + new URL(link).search)).status).toBe(303);

  const browser = { cookie: await signIn(), origin: server.url };
  expect((await ask("/links", { method: "POST", headers: browser })).status).toBe(404);
});
