import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { sessionPath } from "../../electron/accounts/account-paths.ts";
import type { SecretBox } from "../../electron/accounts/secret-box.ts";
import { tokensSchema, type Tokens } from "../../electron/accounts/session-tokens.ts";
import type { Core } from "../../electron/core.ts";
import { until } from "../../electron/quickstart/until.ts";
import type { SyncStatus } from "../../shared/contract/sync.ts";
import { migrationPaths } from "../../scripts/foundation/scratch-database.ts";
import { openStack, type Stack } from "../../scripts/supabase-stack/open-stack.ts";
import { connect, signUpUser } from "../../scripts/supabase-stack/sign-up-user.ts";
import { importSample, ScratchDesk } from "./core-with-accounts.ts";

const PASSWORD = "a long password";
const EMAIL = "owner@example.org";
let stack: Stack;
let road: Road;
let desk: ScratchDesk;
let core: Core;

beforeAll(async () => {
  // A token that is used a second time ends the session at once, and none lasts for long.
  const auth = { accessTokenSeconds: 3, refreshTokenReuseSeconds: 0 };
  stack = await openStack({ migrations: migrationPaths(), auth });
  await signUpUser(stack, EMAIL);
});
afterAll(() => stack.close());
beforeEach(async () => {
  road = await Road.open(stack.apiUrl);
  desk = new ScratchDesk();
  core = await desk.open();
});
afterEach(async () => {
  await desk.close();
  await road.close();
});

/** Leads to the stack, and can be cut. Remembers what was asked for on it. */
class Road {
  readonly asked: string[] = [];
  readonly #target: URL;
  #server: Server | null = null;
  port = 0;

  constructor(target: string) {
    this.#target = new URL(target);
  }
  static async open(target: string): Promise<Road> {
    const road = new Road(target);
    await road.mend();
    return road;
  }
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  async mend(): Promise<void> {
    this.#server = createServer((incoming, outgoing) => {
      this.asked.push(`${incoming.method} ${incoming.url}`);
      const { method = "GET", url: path = "/" } = incoming;
      const headers = { ...incoming.headers, host: this.#target.host };
      const { hostname, port } = this.#target;
      const onward = httpRequest({ hostname, port, method, path, headers }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject).listen(this.port, "127.0.0.1", resolve);
    await promise;
    this.port = (this.#server.address() as AddressInfo).port;
  }
  async close(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const signIn = (adoptLocal = false) =>
  core.client.request("accounts.signIn", {
    url: road.url,
    anonKey: stack.publishableKey,
    email: EMAIL,
    password: PASSWORD,
    adoptLocal,
  });

function syncIs(isWanted: (status: SyncStatus) => boolean): Promise<SyncStatus> {
  return until<"sync.changed", SyncStatus>(core.client, "sync.changed", undefined, {
    start: () => core.client.request("sync.status", {}),
    settle: (status) => (isWanted(status) ? status : undefined),
  });
}
const isAllSynced = ({ state, counts }: SyncStatus) =>
  state === "idle" && counts.synced > 0 && counts.waiting + counts.attention === 0;

function storedTokens(id: string): Tokens {
  const file = JSON.parse(readFileSync(sessionPath(desk.home, id), "utf8")) as { data: string };
  return tokensSchema.parse(JSON.parse(Buffer.from(file.data, "base64").toString("utf8")));
}

test("adopted work arrives at the project; tokens rotate on the way and outlast a start", async () => {
  const id = await importSample(core);
  const { activeId } = await signIn(true);
  const first = storedTokens(activeId ?? "");
  await syncIs(isAllSynced);
  const service = connect(stack, stack.serviceRoleKey);
  const { data } = await service.from("datasets").select("id,status").eq("id", id);
  expect(data).toMatchObject([{ id, status: "ready" }]);

  // A token lasts for three seconds: the next round that begins after that exchanges it.
  while (storedTokens(activeId ?? "").refreshToken === first.refreshToken) {
    await syncIs(({ state }) => state === "syncing");
    await syncIs(({ state }) => state !== "syncing");
  }
  expect(road.asked).toContain("POST /auth/v1/token?grant_type=refresh_token");

  core = await desk.open();
  expect(await syncIs(isAllSynced)).toMatchObject({ lastError: null });
  expect(await core.client.request("accounts.list", {})).toMatchObject({
    activeId,
    accounts: [{ isSignedIn: true, unsynced: { waiting: 0, attention: 0, waitingPoints: 0 } }],
  });
}, 60_000);

test("without a network at the start the session is kept, and sync goes on when it is back", async () => {
  const { activeId } = await signIn();
  await syncIs(({ lastSyncedAt }) => lastSyncedAt !== null);
  await road.close();
  core = await desk.open();
  const cut = await syncIs(({ state }) => state === "waiting");
  expect(cut.lastError?.kind).toBe("unavailable");
  await importSample(core);
  expect(await core.client.request("accounts.list", {})).toMatchObject({
    activeId,
    accounts: [{ isSignedIn: true }],
  });
  await road.mend();
  await core.client.request("sync.now", {});
  await syncIs(isAllSynced);
});

test("signed out, work goes on and is kept; signing in sends it", async () => {
  const { activeId } = await signIn();
  await syncIs(({ state }) => state === "idle");
  await core.client.request("accounts.signOut", { id: activeId ?? "" });
  await syncIs(({ state }) => state === "signed_out");
  await importSample(core);
  const list = await core.client.request("accounts.list", {});
  expect(list.accounts[0]).toMatchObject({ isSignedIn: false });
  expect(list.accounts[0]?.unsynced).toMatchObject({ waitingFiles: 1 });
  expect(list.accounts[0]?.unsynced?.waiting).toBeGreaterThan(0);

  await signIn();
  await syncIs(isAllSynced);
});

test("a session that ended at the server is said, and nothing is lost of what waits", async () => {
  const { activeId } = await signIn();
  await syncIs(({ state }) => state === "idle");
  // Somebody else has gone on with our token: using it again ends the session at the server.
  const thief = connect(stack).auth;
  const { refreshToken } = storedTokens(activeId ?? "");
  const { data } = await thief.refreshSession({ refresh_token: refreshToken });
  await thief.refreshSession({ refresh_token: data.session?.refresh_token ?? "" });
  await importSample(core);

  const ended = await until(core.client, "accounts.changed", undefined, {
    start: () => core.client.request("accounts.list", {}),
    settle: ({ accounts: [account] }) => (account?.isSignedIn === false ? account : undefined),
  });
  expect(ended.unsynced?.waiting).toBeGreaterThan(0);
  const { lastError } = await syncIs(({ state }) => state === "signed_out");
  expect(lastError?.message).toContain("Sign in again");
}, 60_000);

test("no token, key, password or row of a file is in any log or in the database", async () => {
  const box: SecretBox = {
    seal: (text) => Buffer.from(Buffer.from(text).map((byte) => byte ^ 0x5a)),
    open: (sealed) => Buffer.from(sealed.map((byte) => byte ^ 0x5a)).toString("utf8"),
  };
  core = await desk.open({ secretBox: box });
  const path = join(desk.home, "canary.jsonl");
  writeFileSync(path, '{"prompt": "row-canary?", "completion": "row-canary!"}\n'.repeat(3));
  const heard: string[] = [];
  const topics = ["accounts.changed", "sync.changed", "transfers.changed"] as const;
  for (const topic of topics)
    core.client.subscribe(topic, (data) => heard.push(JSON.stringify(data)));
  await core.client.request("datasets.import", { source: { kind: "path", path } });
  await until(core.client, "datasets.changed", undefined, {
    start: async () => (await core.client.request("datasets.list", {}))[0]!,
    settle: ({ status }) => (status === "ready" ? true : undefined),
  });
  const { activeId } = await signIn(true);
  await syncIs(isAllSynced);
  await until(core.client, "transfers.changed", undefined, {
    start: async () => (await core.client.request("transfers.list", {}))[0]!,
    settle: (transfer) => (transfer?.state === "done" ? true : undefined),
  });
  // What goes wrong is told, too: without a network, and with a wrong password.
  await road.close();
  await core.client.request("sync.now", {});
  await syncIs(({ state }) => state === "waiting");
  await expect(signIn()).rejects.toMatchObject({ kind: "unavailable" });
  await core.close();

  const sealed = JSON.parse(readFileSync(sessionPath(desk.home, activeId ?? ""), "utf8")) as {
    kind: string;
    data: string;
  };
  expect(sealed.kind).toBe("keychain");
  const tokens = tokensSchema.parse(JSON.parse(box.open(Buffer.from(sealed.data, "base64"))));
  const secrets = [tokens.accessToken, tokens.refreshToken, PASSWORD];
  const everywhere = readAll(desk.home, () => true);
  for (const [name, text] of [...everywhere, ["events", heard.join("\n")] as const]) {
    for (const secret of secrets)
      expect(text.includes(secret), `${name} holds a secret`).toBe(false);
  }
  // The list of accounts is where the project's key belongs, and the rows' own file holds the rows.
  const own = ["accounts.json", "canary.jsonl"];
  const logs = readAll(desk.home, (name) => /log|jsonl?$|txt$/.test(name) && !own.includes(name));
  expect([...logs.keys()]).toContain("core.log");
  for (const [name, text] of logs) {
    if (name.startsWith("data.")) continue;
    expect(text.includes("row-canary"), `${name} holds rows`).toBe(false);
    // Any token, of whatever age, and any header that carries one.
    expect(/eyJ[\w-]{20,}|Bearer /.exec(text)?.[0], `${name} holds a token`).toBeUndefined();
    expect(text.includes(stack.publishableKey), `${name} holds the key`).toBe(false);
  }
}, 60_000);

/** The texts of the files below a folder, by name. */
function readAll(folder: string, isWanted: (name: string) => boolean): Map<string, string> {
  const texts = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !isWanted(entry.name) || statSync(path).size > 5e7) continue;
    texts.set(entry.name, (texts.get(entry.name) ?? "") + readFileSync(path, "latin1"));
  }
  return texts;
}
