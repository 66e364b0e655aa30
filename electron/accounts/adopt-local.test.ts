import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { databasePath } from "./account-paths.ts";
import { AccountsFile } from "./accounts-file.ts";
import { adoptLocal, finishAdoption } from "./adopt-local.ts";

const id = "7f2c1a34-5b6c-4d7e-8f90-123456789abc";
let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-adopt-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A file whose last rows stand in its write-ahead log only, as a killed process leaves it. */
function killedAfterWriting(path: string): void {
  const script = `
    const { DatabaseSync } = require("node:sqlite");
    const database = new DatabaseSync(${JSON.stringify(path)});
    database.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER)");
    for (let n = 0; n < 100; n++) database.prepare("INSERT INTO t VALUES (?)").run(n);
    process.kill(process.pid, "SIGKILL");
  `;
  spawnSync(process.execPath, ["--eval", script]);
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
}

function rowsIn(path: string): unknown {
  const database = new DatabaseSync(path);
  try {
    return database.prepare("SELECT count(*) AS n FROM t").get()?.["n"];
  } finally {
    database.close();
  }
}

const options = () => ({ homePath: home, now: () => new Date(), log: () => undefined });
const local = () => databasePath(home, null);
const theirs = () => databasePath(home, id);

test("the whole file moves, with what stood in its write-ahead log", () => {
  killedAfterWriting(local());
  adoptLocal(options(), id);
  expect(existsSync(local())).toBe(false);
  expect(existsSync(`${local()}-wal`)).toBe(false);
  expect(rowsIn(theirs())).toBe(100);
});

test.skipIf(process.platform === "win32")("the accounts' folder is their owner's alone", () => {
  killedAfterWriting(local());
  adoptLocal(options(), id);
  expect(statSync(join(home, "accounts")).mode & 0o777).toBe(0o700);
});

test("not while another program has the file open", () => {
  killedAfterWriting(local());
  const reader = new DatabaseSync(local());
  const open = reader.prepare("SELECT n FROM t").iterate();
  open.next();
  expect(() => adoptLocal(options(), id)).toThrow(/another program/);
  expect(existsSync(local())).toBe(true);
  expect(existsSync(theirs())).toBe(false);
  open.return?.();
  reader.close();
  adoptLocal(options(), id);
  expect(rowsIn(theirs())).toBe(100);
});

test.each(["before the file was moved", "after it was moved"])(
  "a start after a crash %s ends the adoption",
  async (when) => {
    const before = new AccountsFile(home);
    const account = { id, projectUrl: "https://x.supabase.co", userId: id, email: "a@b.c" };
    await before.put(account, "sb_publishable_x");
    await before.change({ adoptingId: id });
    killedAfterWriting(local());
    if (when.startsWith("after")) adoptLocal(options(), id);

    const known = new AccountsFile(home);
    await finishAdoption(options(), known);
    expect(new AccountsFile(home).list).toMatchObject({ activeId: id, adoptingId: null });
    expect([existsSync(local()), existsSync(theirs())]).toEqual([false, true]);
    expect(rowsIn(theirs())).toBe(100);
    expect(known.keyOf("https://x.supabase.co")).toBe("sb_publishable_x");
  },
);

test("a list of accounts that cannot be read is said, and left as it is", () => {
  writeFileSync(join(home, "accounts.json"), '{"version": 1, "proj');
  expect(() => new AccountsFile(home)).toThrow(/accounts\.json cannot be read/);
  expect(readFileSync(join(home, "accounts.json"), "utf8")).toBe('{"version": 1, "proj');
});
