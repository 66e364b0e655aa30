import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OpenAccounts, openAccounts } from "./open-accounts.ts";

const url = "http://127.0.0.1:1";
const email = "owner@example.org";
const userId = "7f2c1a34-5b6c-4d7e-8f90-123456789abc";
let folder = "";
let accounts: OpenAccounts;
/** What was asked of the project, with which key. */
let asked: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lora-desk-known-key-"));
  asked = [];
  accounts = await openAccounts({
    homePath: folder,
    secretBox: null,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      asked.push(`${new URL(request.url).pathname} ${request.headers.get("apikey")}`);
      return Promise.resolve(
        Response.json({
          access_token: "a.b.c",
          refresh_token: "r",
          expires_in: 3600,
          token_type: "bearer",
          user: { id: userId, email },
        }),
      );
    },
    createId: randomUUID,
    now: () => new Date(),
    monotonicMs: () => 0,
    publish: () => undefined,
    log: () => undefined,
    files: {
      busyWith: () => Promise.resolve(null),
      open: (_id, meanwhile) => meanwhile(),
    },
    onSessionChanged: () => undefined,
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const signIn = (anonKey: string) =>
  accounts.requests["accounts.signIn"](
    { url, anonKey, email, password: "a long password", adoptLocal: false },
    "local",
  );

test("signing in again without a key uses the one that is known, and keeps it", async () => {
  await signIn("sb_publishable_first");
  asked.length = 0;
  await signIn("");
  await accounts.requests["accounts.sendCode"]({ url, anonKey: "", email }, "local");
  await accounts.requests["accounts.enterCode"](
    { url, anonKey: "", email, code: "123456", adoptLocal: false },
    "local",
  );
  await signIn("");
  expect(asked).toEqual([
    "/auth/v1/token sb_publishable_first",
    "/auth/v1/otp sb_publishable_first",
    "/auth/v1/verify sb_publishable_first",
    "/auth/v1/token sb_publishable_first",
  ]);
});

test("a project that is not known is not asked without a key", async () => {
  await expect(signIn("")).rejects.toMatchObject({ kind: "invalid_input" });
  expect(asked).toEqual([]);
});
