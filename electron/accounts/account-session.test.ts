import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AccountSession } from "./account-session.ts";
import { AuthStandIn } from "./fixtures/auth-stand-in.ts";
import { openProjectAuth } from "./project-auth.ts";
import { openTokenFile } from "./session-tokens.ts";

const URL = "http://127.0.0.1:1";
const never = new AbortController().signal;
let folder = "";
let path = "";
let server: AuthStandIn;
let nowMs = 0;
let changes = 0;
const logged: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lora-desk-session-"));
  path = join(folder, "account", "session");
  server = new AuthStandIn();
  nowMs = 0;
  changes = 0;
  logged.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As at the start of the app: with what the file holds. */
function open(file = openTokenFile(path, null, log)): AccountSession {
  return new AccountSession({
    projectUrl: URL,
    userId: "7f2c1a34-5b6c-4d7e-8f90-123456789abc",
    anonKey: () => "sb_publishable_x",
    auth: () => openProjectAuth(URL, "sb_publishable_x", server.fetch),
    file,
    monotonicMs: () => nowMs,
    log,
    onChanged: () => (changes += 1),
  });
}

function log(message: string, details?: Record<string, unknown>): void {
  logged.push(JSON.stringify([message, details]));
}

async function signedIn(): Promise<AccountSession> {
  const session = open();
  await session.accept(server.begin());
  return session;
}

test("a token is used until it is about to end, then another one", async () => {
  const session = await signedIn();
  const first = server.accessToken;
  nowMs = 3_500_000;
  expect(await session.accessToken(never)).toBe(first);
  nowMs = 3_560_000;
  const second = await session.accessToken(never);
  expect(second).not.toBe(first);
  expect(second).toBe(server.accessToken);
  expect(server.asked).toEqual(["POST /auth/v1/token?grant_type=refresh_token"]);
});

test("what the server refuses is exchanged, whatever our clock says of it", async () => {
  const session = await signedIn();
  const first = server.accessToken;
  // After a sleep the monotonic clock may have stood still: the token looks fresh.
  const second = await session.accessToken(never, first);
  expect(second).not.toBe(first);
  // Another request had been refused with the same token: it gets the new one, not a third.
  expect(await session.accessToken(never, first)).toBe(second);
  expect(server.asked).toHaveLength(1);
});

test("many that are refused at once share one exchange", async () => {
  const session = await signedIn();
  const first = server.accessToken;
  const tokens = await Promise.all(
    Array.from({ length: 8 }, () => session.accessToken(never, first)),
  );
  expect(new Set(tokens)).toEqual(new Set([server.accessToken]));
  expect(server.asked).toHaveLength(1);
});

test("two quick exchanges do not lose the session, nor does a start after them", async () => {
  const session = await signedIn();
  const second = await session.accessToken(never, server.accessToken);
  const third = await session.accessToken(never, second);
  expect(third).toBe(server.accessToken);
  const restarted = open();
  expect(await restarted.accessToken(never)).toBe(third);
  expect(await restarted.accessToken(never, third)).toBe(server.accessToken);
});

test("new tokens are on the disk before anyone gets them, readable by their owner alone", async () => {
  const session = await signedIn();
  const token = await session.accessToken(never, server.accessToken);
  const { kind, data } = JSON.parse(readFileSync(path, "utf8")) as { kind: string; data: string };
  expect(kind).toBe("plain");
  expect(Buffer.from(data, "base64").toString()).toContain(token);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "account")).mode & 0o777).toBe(0o700);
});

test("an exchange outlives the request that asked for it", async () => {
  const session = await signedIn();
  const first = server.accessToken;
  const release = server.holdAnswers();
  const giving = new AbortController();
  const asked = session.accessToken(giving.signal, first);
  giving.abort(new Error("enough"));
  await expect(asked).rejects.toThrow("enough");
  const again = session.accessToken(never, first);
  release();
  expect(await again).toBe(server.accessToken);
  expect(server.asked).toHaveLength(1);
  expect(await open().accessToken(never)).toBe(server.accessToken);
});

test("an answer that got lost is asked for again with the same token", async () => {
  const session = await signedIn();
  const first = server.accessToken;
  server.faults.push("cut after");
  await expect(session.accessToken(never, first)).rejects.toMatchObject({ kind: "unreachable" });
  expect(session.isSignedIn).toBe(true);
  expect(await session.accessToken(never, first)).toBe(server.accessToken);
});

test("without a network at the start the session is kept", async () => {
  await signedIn();
  const session = open();
  server.faults.push("cut before");
  const first = await session.accessToken(never);
  await expect(session.accessToken(never, first)).rejects.toMatchObject({ kind: "unreachable" });
  expect(session.isSignedIn).toBe(true);
  expect(changes).toBe(1);
});

test("near its end, where no other can be had, a token is still tried", async () => {
  const session = await signedIn();
  const first = server.accessToken;
  nowMs = 3_570_000;
  server.faults.push("cut before");
  expect(await session.accessToken(never)).toBe(first);
  nowMs = 3_600_000;
  server.faults.push("cut before");
  await expect(session.accessToken(never)).rejects.toMatchObject({ kind: "unreachable" });
});

describe("answers that do not end a session", () => {
  test.each([
    [429, { code: 429, error_code: "over_request_rate_limit" }, "busy"],
    [503, { message: "no such upstream" }, "busy"],
    [500, { code: 500, error_code: "unexpected_failure" }, "busy"],
    [200, { a: "page of a hotel" }, "busy"],
    [403, { error: "proxy" }, "busy"],
  ])("%i %j", async (status, body, kind) => {
    const session = await signedIn();
    const first = server.accessToken;
    server.faults.push({ status, body });
    await expect(session.accessToken(never, first)).rejects.toMatchObject({ kind });
    expect(await session.accessToken(never, first)).toBe(server.accessToken);
  });

  test("a key that was replaced: the session goes on once the key is mended", async () => {
    const session = await signedIn();
    const first = server.accessToken;
    server.faults.push({ status: 401, body: { message: "Invalid API key" } });
    await expect(session.accessToken(never, first)).rejects.toMatchObject({
      kind: "unauthorised",
      message: expect.stringContaining("publishable key") as string,
    });
    expect(await session.accessToken(never, first)).toBe(server.accessToken);
  });
});

test("a session that has ended says so, also after a start, until somebody signs in", async () => {
  const session = await signedIn();
  server.end();
  const refused = server.accessToken;
  await expect(session.accessToken(never, refused)).rejects.toMatchObject({
    kind: "unauthorised",
  });
  expect(session.isSignedIn).toBe(false);
  expect(changes).toBe(2);
  await expect(session.accessToken(never)).rejects.toMatchObject({ kind: "unauthorised" });
  expect(open().isSignedIn).toBe(false);
  expect(server.asked).toHaveLength(1);

  await session.accept(server.begin());
  expect(await session.accessToken(never)).toBe(server.accessToken);
});

test("signing out forgets the tokens even where the server cannot be told", async () => {
  const session = await signedIn();
  server.faults.push("cut before");
  await session.signOut();
  expect(server.asked).toEqual(["POST /auth/v1/logout?scope=local"]);
  expect(session.isSignedIn).toBe(false);
  expect(open().isSignedIn).toBe(false);
});

test("an exchange that comes after signing out brings nothing back", async () => {
  const session = await signedIn();
  const release = server.holdAnswers();
  const asked = session.accessToken(never, server.accessToken);
  const outcome = asked.catch((error: unknown) => error);
  const signingOut = session.signOut();
  release();
  await signingOut;
  expect(await outcome).toMatchObject({ kind: "unauthorised" });
  expect(open().isSignedIn).toBe(false);
});

test("signing out while new tokens are being saved leaves none on the disk", async () => {
  const session = await signedIn();
  const disk = openTokenFile(path, null, log);
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const slow = open({
    ...disk,
    write: async (tokens) => {
      begun.resolve();
      await goOn.promise;
      await disk.write(tokens);
    },
  });
  const refused = await session.accessToken(never);
  const exchange = slow.accessToken(never, refused).catch(() => undefined);
  await begun.promise;
  const end = slow.signOut();
  goOn.resolve();
  await Promise.all([exchange, end]);
  expect(openTokenFile(path, null, log).read()).toBeNull();
});

test("where the disk is full the tokens still work, and are saved when there is room", async () => {
  const real = openTokenFile(path, null, log);
  let isFull = false;
  const session = open({
    ...real,
    write: (tokens) =>
      isFull
        ? Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }))
        : real.write(tokens),
  });
  await session.accept(server.begin());
  isFull = true;
  const token = await session.accessToken(never, server.accessToken);
  expect(token).toBe(server.accessToken);
  isFull = false;
  expect(await session.accessToken(never)).toBe(token);
  expect(await open().accessToken(never)).toBe(token);
  expect(logged.join()).not.toContain(token);
});
