import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Core } from "../../electron/core.ts";
import { databasePath, sessionPath } from "../../electron/accounts/account-paths.ts";
import type { Accounts } from "../../shared/contract/accounts.ts";
import { importSample, ScratchDesk } from "./core-with-accounts.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";

const PASSWORD = "a long password";
let project: TeamProject;
let desk: ScratchDesk;
let core: Core;

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(() => project.close());
beforeEach(async () => {
  desk = new ScratchDesk();
  core = await desk.open();
});
afterEach(() => desk.close());

const place = () => ({ url: project.stack.apiUrl, anonKey: project.stack.publishableKey });
const signIn = (email = "owner@example.org", adoptLocal = false): Promise<Accounts> =>
  core.client.request("accounts.signIn", { ...place(), email, password: PASSWORD, adoptLocal });
const datasets = async () => (await core.client.request("datasets.list", {})).map(({ id }) => id);

async function synced(): Promise<void> {
  const done = Promise.withResolvers<void>();
  const unsubscribe = core.client.subscribe("sync.changed", ({ state, counts }) => {
    if (state === "idle" && counts.waiting === 0 && counts.synced > 0) done.resolve();
  });
  await core.client.request("sync.now", {});
  const { state, counts } = await core.client.request("sync.status", {});
  if (state !== "idle" || counts.waiting > 0) await done.promise;
  unsubscribe();
}

test("without an account there is local work alone", async () => {
  await importSample(core);
  expect(await core.client.request("accounts.list", {})).toEqual({
    activeId: null,
    accounts: [],
    local: { datasets: 1, jobs: 0 },
  });
  expect(await core.client.request("sync.status", {})).toMatchObject({ state: "off" });
});

test("each account has a file of its own, and the core and its clients stay", async () => {
  const changes: (string | null)[] = [];
  core.client.subscribe("accounts.changed", ({ activeId }) => changes.push(activeId));
  const local = await importSample(core);
  await core.client.request("settings.update", { theme: "dark" });

  const { activeId, accounts } = await signIn();
  expect(accounts).toMatchObject([
    { id: activeId, email: "owner@example.org", userId: project.owner.id, isSignedIn: true },
  ]);
  expect(changes.at(-1)).toBe(activeId);
  expect(await datasets()).toEqual([]);
  expect(await core.client.request("settings.get", {})).toMatchObject({ theme: "dark" });

  const other = await signIn("other@example.org");
  expect(other.accounts).toHaveLength(2);
  const others = await importSample(core);
  expect(await datasets()).toEqual([others]);

  await core.client.request("accounts.use", { id: activeId });
  expect(await datasets()).toEqual([]);
  const back = await core.client.request("accounts.use", { id: null });
  expect(back).toMatchObject({ activeId: null, local: { datasets: 1 } });
  expect(await datasets()).toEqual([local]);
  const unsynced = back.accounts.find(({ id }) => id === other.activeId)?.unsynced;
  expect(unsynced).toMatchObject({ attention: 0, waitingPoints: 0 });
});

test("the first sign-in takes the local work along, where that is wished", async () => {
  const local = await importSample(core);
  const { activeId, local: left } = await signIn("owner@example.org", true);
  expect(await datasets()).toEqual([local]);
  expect(left).toEqual({ datasets: 0, jobs: 0 });
  expect(existsSync(databasePath(desk.home, null))).toBe(false);
  expect(existsSync(databasePath(desk.home, activeId))).toBe(true);

  core = await desk.open();
  expect(await core.client.request("accounts.list", {})).toMatchObject({ activeId });
  expect(await datasets()).toEqual([local]);
});

test("local work stays where it is until it is taken into an account that has work of its own", async () => {
  const first = await signIn();
  const mine = await importSample(core);
  await core.client.request("accounts.use", { id: null });
  const local = await importSample(core);
  const again = await signIn();
  expect(again).toMatchObject({ activeId: first.activeId, local: { datasets: 1 } });
  expect(await datasets()).toEqual([mine]);

  const taken = await core.client.request("accounts.adoptLocal", {});
  expect(taken).toMatchObject({ activeId: first.activeId, local: { datasets: 0 } });
  const both = (await datasets()).sort();
  expect(both).toEqual([mine, local].sort());
  await synced();
  const { data } = await project.service.from("datasets").select("id").in("id", both);
  expect(data).toHaveLength(2);
  await expect(core.client.request("accounts.adoptLocal", {})).rejects.toMatchObject({
    kind: "not_found",
  });
});

test("signing in again takes local work along, too, where that is wished", async () => {
  await signIn();
  await core.client.request("accounts.use", { id: null });
  const local = await importSample(core);
  expect(await signIn("owner@example.org", true)).toMatchObject({ local: { datasets: 0 } });
  expect(await datasets()).toEqual([local]);
});

test("a code that came by mail signs in", async () => {
  const email = "code@example.org";
  await core.client.request("accounts.sendCode", { ...place(), email });
  const code = /\b\d{6}\b/.exec(project.stack.mailsTo(email)[0]?.text ?? "")?.[0] ?? "";
  const wrong = core.client.request("accounts.enterCode", {
    ...place(),
    email,
    code: code === "000000" ? "111111" : "000000",
  });
  await expect(wrong).rejects.toMatchObject({ kind: "forbidden" });
  // As some mail programs show it, and people paste it.
  const grouped = ` ${code.slice(0, 3)} ${code.slice(3)}\n`;
  const { accounts } = await core.client.request("accounts.enterCode", {
    ...place(),
    email,
    code: grouped,
  });
  expect(accounts).toMatchObject([{ email, isSignedIn: true }]);
});

test("signing out keeps the file open, also over a start; signing in again goes on in it", async () => {
  const { activeId } = await signIn();
  const mine = await importSample(core);
  const id = activeId ?? "";
  const out = await core.client.request("accounts.signOut", { id });
  expect(out).toMatchObject({ activeId, accounts: [{ isSignedIn: false }] });
  expect(existsSync(sessionPath(desk.home, id))).toBe(false);
  expect(await datasets()).toEqual([mine]);

  core = await desk.open();
  expect(await core.client.request("accounts.list", {})).toMatchObject({
    activeId,
    accounts: [{ isSignedIn: false }],
  });
  expect(await datasets()).toEqual([mine]);
  expect(await signIn()).toMatchObject({ activeId, accounts: [{ isSignedIn: true }] });
  expect(await datasets()).toEqual([mine]);
});

test("a wrong password, a wrong key and a wrong address change nothing", async () => {
  const before = await core.client.request("accounts.list", {});
  const email = "owner@example.org";
  const ask = (change: object) =>
    core.client.request("accounts.signIn", { ...place(), email, password: PASSWORD, ...change });
  await expect(ask({ password: "secret-canary" })).rejects.toMatchObject({
    kind: "forbidden",
    message: "The e-mail address or the password is wrong.",
  });
  await expect(ask({ anonKey: "sb_publishable_other" })).rejects.toMatchObject({
    kind: "forbidden",
    message: expect.stringContaining("publishable key") as string,
  });
  await expect(ask({ anonKey: project.stack.secretKey })).rejects.toMatchObject({
    kind: "invalid_input",
  });
  await expect(ask({ url: "http://127.0.0.1:1" })).rejects.toMatchObject({ kind: "unavailable" });
  await expect(ask({ url: "http://project.example" })).rejects.toMatchObject({
    kind: "invalid_input",
  });
  expect(await core.client.request("accounts.list", {})).toEqual(before);
  expect(readdirSync(desk.home)).not.toContain("accounts");
  expect(readFileSync(join(desk.home, "core.log"), "utf8")).not.toContain("canary");
});

test("an import is not cut off by a change of accounts, which says what to wait for", async () => {
  await signIn();
  const path = join(desk.home, "many.jsonl");
  writeFileSync(path, '{"prompt": "What is it?", "completion": "A row."}\n'.repeat(200_000));
  const { id } = await core.client.request("datasets.import", { source: { kind: "path", path } });
  const change = core.client.request("accounts.use", { id: null });
  await expect(change).rejects.toMatchObject({
    kind: "conflict",
    message: expect.stringContaining("is being imported") as string,
  });
  // The open account itself may be signed in to again.
  expect((await signIn()).accounts).toMatchObject([{ isSignedIn: true }]);
  await core.client.request("datasets.cancelImport", { id });
  expect(await core.client.request("accounts.use", { id: null })).toMatchObject({ activeId: null });
});
