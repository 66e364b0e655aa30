import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { ClientEnvelope } from "../../shared/contract/envelopes.ts";
import { settingsSchema } from "../../shared/contract/settings.ts";
import { reconnectDelayMs } from "./reconnect-delay.ts";
import { WebSocketClient } from "./websocket-client.ts";

const SETTINGS = settingsSchema.parse({ theme: "dark" });
const JOB = "8a0f1c9e-6f7c-4c77-9d0c-0a6a5f7f1c11";

/** The side of a socket that the client sees, with a hand on the other side. */
class FakeSocket extends EventTarget {
  readonly sent: ClientEnvelope[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientEnvelope);
  }

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.dispatchEvent(new Event("open"));
  }

  receive(message: unknown): void {
    const data = typeof message === "string" ? message : JSON.stringify(message);
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }

  break(code = 1006): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

function setUp({ isUnauthorised = false } = {}) {
  const sockets: FakeSocket[] = [];
  const timers: { ms: number; callback: () => void }[] = [];
  const client = new WebSocketClient({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    isUnauthorised: () => Promise.resolve(isUnauthorised),
    chooseFile: () => Promise.resolve(null),
    sendFile: () => Promise.reject(new Error("not used")),
    after: (ms, callback) => {
      const timer = { ms, callback };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
    random: () => 0,
  });
  const socket = (): FakeSocket => {
    const last = sockets.at(-1);
    if (last === undefined) throw new Error("no socket was opened");
    return last;
  };
  return { client, sockets, timers, socket };
}

/** Resolves with the next change of the connection. */
function nextConnection(client: WebSocketClient): Promise<string> {
  return new Promise((resolve) => {
    const end = client.onConnection(() => {
      end();
      resolve(client.getConnection().state);
    });
  });
}

function methodsSent(socket: FakeSocket): string[] {
  return socket.sent.flatMap((envelope) => ("method" in envelope ? [envelope.method] : []));
}

describe("requests", () => {
  it("wait for the first connection and are answered by their number", async () => {
    const { client, socket } = setUp();
    const first = client.request("settings.get", {});
    const second = client.request("jobs.list", {});
    expect(socket().sent).toEqual([]);
    socket().open();
    expect(methodsSent(socket())).toEqual(["settings.get", "jobs.list"]);
    socket().receive({ id: 2, ok: true, result: [] });
    socket().receive({ id: 1, ok: true, result: SETTINGS });
    expect(await second).toEqual([]);
    expect(await first).toEqual(SETTINGS);
  });

  it("reject with the core's failure as an AppError", async () => {
    const { client, socket } = setUp();
    socket().open();
    const asked = client.request("jobs.get", { id: JOB });
    socket().receive({ id: 1, ok: false, error: { kind: "not_found", message: "No such job." } });
    await expect(asked).rejects.toMatchObject({ kind: "not_found", message: "No such job." });
    await expect(asked).rejects.toBeInstanceOf(AppError);
  });

  it("reject when the answer does not fit the contract", async () => {
    const { client, socket } = setUp();
    socket().open();
    const asked = client.request("settings.get", {});
    socket().receive({ id: 1, ok: true, result: { theme: "purple" } });
    await expect(asked).rejects.toMatchObject({ kind: "internal" });
  });

  it("fail as unavailable when the connection breaks, and at once while it is broken", async () => {
    const { client, socket } = setUp();
    socket().open();
    const underWay = client.request("jobs.list", {});
    socket().break();
    await expect(underWay).rejects.toMatchObject({ kind: "unavailable" });
    await expect(client.request("jobs.list", {})).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("survive messages that cannot be read", async () => {
    const { client, socket } = setUp();
    socket().open();
    const asked = client.request("jobs.list", {});
    socket().receive("no JSON");
    socket().receive({ surprise: true });
    socket().receive({ id: 1, ok: true, result: [] });
    expect(await asked).toEqual([]);
  });
});

describe("subscriptions", () => {
  it("are made once per topic and key, and ended with the last listener", () => {
    const { client, socket } = setUp();
    socket().open();
    const heard: string[] = [];
    const endFirst = client.subscribe("settings.changed", ({ theme }) => heard.push(`1 ${theme}`));
    const endSecond = client.subscribe("settings.changed", ({ theme }) => heard.push(`2 ${theme}`));
    socket().receive({ topic: "settings.changed", data: SETTINGS });
    expect(heard).toEqual(["1 dark", "2 dark"]);
    endFirst();
    endSecond();
    expect(socket().sent).toEqual([
      { subscribe: "settings.changed" },
      { unsubscribe: "settings.changed" },
    ]);
  });

  it("hear only their key, and drop what does not fit the contract", () => {
    const { client, socket } = setUp();
    socket().open();
    const sizes: number[] = [];
    client.subscribe("jobs.logGrew", ({ sizeBytes }) => sizes.push(sizeBytes), JOB);
    const other = "11111111-2222-4333-8444-555555555555";
    socket().receive({ topic: "jobs.logGrew", key: JOB, data: { id: JOB, sizeBytes: 5 } });
    socket().receive({ topic: "jobs.logGrew", key: other, data: { id: other, sizeBytes: 6 } });
    socket().receive({ topic: "jobs.logGrew", key: JOB, data: { id: JOB, sizeBytes: "many" } });
    expect(sizes).toEqual([5]);
    expect(socket().sent).toEqual([{ subscribe: "jobs.logGrew", key: JOB }]);
  });
});

describe("reconnecting", () => {
  it("backs off, opens a new socket and subscribes again", async () => {
    const { client, sockets, timers, socket } = setUp();
    client.subscribe("jobs.changed", () => undefined);
    client.subscribe("jobs.points", () => undefined, JOB);
    socket().open();
    expect(client.getConnection().state).toBe("connected");

    const scheduled = waitFor(() => timers.length > 0);
    const broken = nextConnection(client);
    socket().break();
    expect(await broken).toBe("reconnecting");
    await scheduled;
    expect(timers.map(({ ms }) => ms)).toEqual([250]);
    timers.shift()?.callback();
    expect(sockets).toHaveLength(2);

    const back = nextConnection(client);
    socket().open();
    expect(await back).toBe("connected");
    expect(socket().sent).toEqual([
      { subscribe: "jobs.changed" },
      { subscribe: "jobs.points", key: JOB },
    ]);
    const asked = client.request("jobs.list", {});
    socket().receive({ id: 1, ok: true, result: [] });
    expect(await asked).toEqual([]);
  });

  it("says so when the browser is not signed in, and knocks no more", async () => {
    const { client, timers, socket } = setUp({ isUnauthorised: true });
    const changes: string[] = [];
    const settled = new Promise<void>((resolve) => {
      client.onConnection(() => {
        changes.push(client.getConnection().state);
        if (client.getConnection().state === "unauthorised") resolve();
      });
    });
    socket().break();
    await settled;
    expect(changes).toEqual(["reconnecting", "unauthorised"]);
    expect(timers).toEqual([]);
  });

  it("takes close code 4401 for the same", async () => {
    const { client, socket } = setUp();
    socket().open();
    socket().break(4401);
    await waitFor(() => client.getConnection().state === "unauthorised");
    expect(client.getConnection().state).toBe("unauthorised");
  });

  it("does nothing more once it is closed", async () => {
    const { client, sockets, timers, socket } = setUp();
    socket().open();
    client.close();
    socket().break();
    await Promise.resolve();
    expect(timers).toEqual([]);
    expect(sockets).toHaveLength(1);
    await expect(client.request("jobs.list", {})).rejects.toMatchObject({ kind: "unavailable" });
  });
});

describe("reconnectDelayMs", () => {
  it("doubles up to eight seconds, less a random fifth", () => {
    expect([1, 2, 3, 6, 7, 40].map((attempt) => reconnectDelayMs(attempt, 0))).toEqual([
      250, 500, 1000, 8000, 8000, 8000,
    ]);
    expect(reconnectDelayMs(6, 1)).toBe(6400);
  });
});

/** Lets promises that are due settle until the condition holds; a few turns are enough here. */
async function waitFor(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20 && !condition(); turn += 1) await Promise.resolve();
}
