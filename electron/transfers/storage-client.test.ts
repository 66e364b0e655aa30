import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { ServerFault } from "../sync/team-server.ts";
import { StorageClient, storageUrlOf } from "./storage-client.ts";
import { StorageRefusal } from "./storage-fault.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function openClient(answer: Answer, stallMs?: number) {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const refused: (string | undefined)[] = [];
  const session = {
    projectUrl: `http://127.0.0.1:${port}`,
    anonKey: "key",
    userId: "u",
    accessToken: (_signal: AbortSignal, token?: string) => {
      refused.push(token);
      return Promise.resolve(token === undefined ? "old" : "new");
    },
  };
  return { client: new StorageClient(session, fetch, stallMs), refused };
}

const never = new AbortController().signal;
const patch = { method: "PATCH", url: "/x", signal: never } as const;

test("a chunk that a token's end turned back is sent again with a fresh one", async () => {
  const bodies: number[] = [];
  const { client, refused } = await openClient(async (request, response) => {
    bodies.push((await buffer(request)).length);
    response.writeHead(request.headers.authorization === "Bearer new" ? 204 : 401).end();
  });
  const body = Buffer.alloc(1_000_000, 7);
  let sent = 0;
  const answer = await client.send({ ...patch, body, onSent: (bytes) => (sent += bytes) });
  expect([answer.status, bodies, sent]).toEqual([204, [1_000_000, 1_000_000], 2_000_000]);
  expect(refused).toEqual([undefined, "old"]);
});

test.each([400, 403])("a mute %i on HEAD is asked again with a fresh token", async (status) => {
  const { client, refused } = await openClient((request, response) => {
    response.writeHead(request.headers.authorization === "Bearer new" ? 200 : status).end();
  });
  const head = { ...patch, method: "HEAD", accept: [400, 403] } as const;
  expect((await client.send(head)).status).toBe(200);
  expect(refused).toEqual([undefined, "old"]);
});

test("a mute refusal that a fresh token does not mend is believed", async () => {
  const { client, refused } = await openClient((_, response) => {
    response.writeHead(400).end();
  });
  const head = { ...patch, method: "HEAD", accept: [400, 403] } as const;
  expect((await client.send(head)).status).toBe(400);
  expect(refused).toEqual([undefined, "old"]);
});

test("a token that is refused twice means that the session has ended", async () => {
  const { client } = await openClient((_, response) => {
    response.writeHead(400).end(JSON.stringify({ statusCode: "403", message: "jwt expired" }));
  });
  await expect(client.send(patch)).rejects.toMatchObject({ kind: "unauthorised" });
});

test.each([
  [429, { "retry-after": "7" }, { kind: "busy", status: 429, retryAfterMs: 7000 }],
  [503, {}, { kind: "busy", status: 503, retryAfterMs: null }],
  [423, {}, { kind: "busy" }],
])("%i is worth another try", async (status, headers, expected) => {
  const { client } = await openClient((_, response) => {
    response.writeHead(status, headers).end();
  });
  await expect(client.send(patch)).rejects.toMatchObject(expected);
});

test("a refusal has the status that stands in the body, unless the caller wants it", async () => {
  const { client, refused } = await openClient((_, response) => {
    const body = { statusCode: "413", message: "The object exceeded the maximum allowed size" };
    response.writeHead(400).end(JSON.stringify(body));
  });
  const refusal = await client.send(patch).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StorageRefusal);
  expect(refusal).toMatchObject({ status: 413, message: /exceeded/ });
  expect((await client.send({ ...patch, accept: [413] })).status).toBe(413);
  // Nothing was said about the token.
  expect(refused).toEqual([undefined, undefined]);
});

test("the token follows no redirect and no foreign address", async () => {
  const { client } = await openClient((_, response) => {
    response.writeHead(307, { location: "http://127.0.0.1:9/" }).end();
  });
  await expect(client.send(patch)).rejects.toBeInstanceOf(ServerFault);
  const { origin } = new URL(client.resolve("/upload/1"));
  expect(client.resolve("https://elsewhere.example/upload/1?a=b")).toBe(`${origin}/upload/1?a=b`);
});

test("an answer that stops in the middle, or never comes, is a fault", async () => {
  const { client: cut } = await openClient((_, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("half");
    setImmediate(() => response.destroy());
  });
  const answer = await cut.send({ ...patch, method: "GET" });
  const reading = async () => {
    for await (const _ of answer.bytes());
  };
  await expect(reading()).rejects.toMatchObject({ kind: "unreachable" });

  const { client: silent } = await openClient(() => undefined, 50);
  await expect(silent.send({ ...patch, method: "GET" })).rejects.toMatchObject({
    kind: "unreachable",
    message: expect.stringContaining("nothing moved"),
  });
});

test("hosted projects have a host of their own for storage", () => {
  expect(storageUrlOf("https://abcd.supabase.co")).toBe(
    "https://abcd.storage.supabase.co/storage/v1",
  );
  expect(storageUrlOf("https://supabase.example.org")).toBe(
    "https://supabase.example.org/storage/v1",
  );
  expect(storageUrlOf("http://127.0.0.1:54321")).toBe("http://127.0.0.1:54321/storage/v1");
});
