import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Notice } from "../../shared/contract/notifications.ts";
import { sendWebhook } from "./send-webhook.ts";

const notice: Notice = {
  id: "0b0e7e5c-2f43-8a63-9d3c-6b7a0f3a1c55",
  type: "job_failed",
  title: "Failed: <tone> & co",
  message: "The disk is full.",
  priority: "high",
  isRead: false,
  actionUrl: "/jobs/1",
  createdAt: "2026-03-01T10:00:00.000Z",
};
const going = new AbortController().signal;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Received {
  path: string | undefined;
  key: string | string[] | undefined;
  body: unknown;
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ origin: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += String(chunk)));
    request.on("end", () => {
      const { url: path, headers } = request;
      received.push({ path, key: headers["idempotency-key"], body: JSON.parse(text) });
      answer(request, response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const end =
  (status: number, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse) =>
    response.writeHead(status, headers).end();

test("a generic hook gets the notice, with a key that is the same at every try", async () => {
  const { origin, received } = await listen(end(204));
  const hook = { kind: "generic", url: `${origin}/in?token=s3cret` } as const;
  expect(await sendWebhook(hook, notice, going)).toEqual({ isDelivered: true });
  await sendWebhook(hook, notice, going);
  expect(received).toEqual([
    { path: "/in?token=s3cret", key: notice.id, body: notice },
    { path: "/in?token=s3cret", key: notice.id, body: notice },
  ]);
});

test("a Slack-compatible one gets text in which a name cannot mention anybody", async () => {
  const { origin, received } = await listen(end(200));
  await sendWebhook({ kind: "slack", url: origin }, notice, going);
  expect(received[0]?.body).toEqual({ text: "*Failed: &lt;tone&gt; &amp; co*\nThe disk is full." });
});

test.each([
  [503, true],
  [429, true],
  [404, false],
  [400, false],
])("an answer of %i is worth another try: %s", async (status, canTryAgain) => {
  const { origin } = await listen(end(status));
  expect(await sendWebhook({ kind: "generic", url: origin }, notice, going)).toMatchObject({
    isDelivered: false,
    canTryAgain,
    problem: expect.stringContaining(String(status)),
  });
});

test("on the same host a redirect is followed, with the notice", async () => {
  const { origin, received } = await listen((request, response) =>
    end(request.url === "/old" ? 307 : 200, { location: "/new" })(request, response),
  );
  const answer = await sendWebhook({ kind: "generic", url: `${origin}/old` }, notice, going);
  expect(answer).toEqual({ isDelivered: true });
  expect(received.map(({ path }) => path)).toEqual(["/old", "/new"]);
});

test("to another host nothing is sent, and not in circles", async () => {
  const other = await listen(end(200));
  const { origin } = await listen(end(307, { location: `${other.origin}/` }));
  const elsewhere = await sendWebhook({ kind: "generic", url: origin }, notice, going);
  expect(elsewhere).toMatchObject({ isDelivered: false, canTryAgain: false });
  expect(other.received).toEqual([]);
  const circle = await listen(end(308, { location: "/" }));
  await sendWebhook({ kind: "generic", url: circle.origin }, notice, going);
  expect(circle.received).toHaveLength(4);
});

test("one that does not answer is given up after its time; nothing said holds the address", async () => {
  const { origin } = await listen(() => undefined);
  const late = await sendWebhook({ kind: "generic", url: `${origin}/s3cret` }, notice, going, 50);
  expect(late).toMatchObject({ isDelivered: false, canTryAgain: true });
  const { origin: gone } = await listen(end(200));
  servers.at(-1)?.close();
  const unreached = await sendWebhook({ kind: "generic", url: `${gone}/s3cret` }, notice, going);
  expect(unreached).toMatchObject({ isDelivered: false, canTryAgain: true });
  expect(JSON.stringify([late, unreached])).not.toContain("s3cret");
  expect(JSON.stringify(unreached)).toContain("ECONNREFUSED");
});
