import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AccountsFile } from "./accounts-file.ts";
import { type OpenAccounts, openAccounts } from "./open-accounts.ts";

const url = "http://127.0.0.1:1";
const anonKey = "sb_publishable_x";
let folder = "";
let accounts: OpenAccounts;
/** Whom the project lets in, by address. */
let users: Map<string, string>;
let asked: string[];
/** What the open file's parts are at, and what happens when the project answers. */
let work: string | null;
let onAnswer: () => void;
/** Whose file is open. */
let open: string | null;
/** Happens when another file is to be opened. */
let onOpen: (id: string | null) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lora-desk-change-"));
  users = new Map();
  asked = [];
  work = null;
  open = null;
  onAnswer = () => undefined;
  onOpen = () => undefined;
  accounts = await openAccounts({
    homePath: folder,
    secretBox: null,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      asked.push(new URL(request.url).pathname);
      if (request.url.includes("/logout")) return new Response(null, { status: 204 });
      const { email } = (await request.json()) as { email: string };
      const id = users.get(email) ?? randomUUID();
      users.set(email, id);
      onAnswer();
      return Response.json({
        access_token: `${id}.b.c`,
        refresh_token: "r",
        expires_in: 3600,
        token_type: "bearer",
        user: { id, email },
      });
    },
    createId: randomUUID,
    now: () => new Date(),
    monotonicMs: () => 0,
    publish: () => undefined,
    log: () => undefined,
    files: {
      busyWith: () => Promise.resolve(work),
      open: async (id, meanwhile) => {
        await meanwhile();
        onOpen(id);
        open = id;
      },
    },
    onSessionChanged: () => undefined,
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const signIn = async (email: string, adoptLocal = false) =>
  accounts.requests["accounts.signIn"](
    { url, anonKey, email, password: "a long password", adoptLocal },
    "local",
  );
const use = async (id: string | null) => accounts.requests["accounts.use"]({ id }, "local");
const onDisk = () => new AccountsFile(folder).list;

test("work that began while the project was asked is not cut off, and nothing has changed", async () => {
  await signIn("first@example.org");
  const before = onDisk();
  const folders = readdirSync(join(folder, "accounts"));
  onAnswer = () => (work = "The dataset “Rows” is being imported.");
  await expect(signIn("second@example.org")).rejects.toThrow(/Rows.*Wait until that is done/u);
  expect(onDisk()).toEqual(before);
  expect(readdirSync(join(folder, "accounts"))).toEqual(folders);
  expect(open).toBe(before.activeId);
  // The session that nobody will use ends there, too.
  expect(asked.at(-1)).toBe("/auth/v1/logout");

  work = null;
  onAnswer = () => undefined;
  expect((await signIn("second@example.org")).accounts).toHaveLength(2);
});

test("another user under the open account's address is another file, which waits as well", async () => {
  const { activeId } = await signIn("first@example.org");
  users.delete("first@example.org");
  work = "An adapter is being exported.";
  await expect(signIn("first@example.org")).rejects.toThrow(/being exported/u);
  expect([open, onDisk().activeId]).toEqual([activeId, activeId]);
});

test("whose file is open is on the disk before it is opened, and taken back if it cannot be", async () => {
  const { activeId: first } = await signIn("first@example.org");
  const { activeId: second } = await signIn("second@example.org");
  onOpen = (id) => {
    expect(onDisk().activeId).toBe(id);
    throw new Error("No database");
  };
  await expect(use(first)).rejects.toThrow("No database");
  expect([open, onDisk().activeId, accounts.activeId]).toEqual([second, second, second]);
});

test("where the list cannot be written, the file that was open stays the one that counts", async () => {
  const { activeId: first } = await signIn("first@example.org");
  const { activeId: second } = await signIn("second@example.org");
  const inTheWay = join(folder, `accounts.json.${process.pid}.partial`);
  mkdirSync(inTheWay);
  await expect(use(first)).rejects.toThrow(/accounts\.json/u);
  expect([open, onDisk().activeId, accounts.activeId]).toEqual([second, second, second]);
  rmdirSync(inTheWay);
  expect((await use(first)).activeId).toBe(first);
  expect(open).toBe(first);
});
