import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import { migrations } from "./migrations.ts";
import { isWalSafe, openStore } from "./open-store.ts";

let folder = "";
let path = "";
const logged: { message: string; details: Record<string, unknown> | undefined }[] = [];
const log = (message: string, details?: Record<string, unknown>) => {
  logged.push({ message, details });
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lora-desk-store-"));
  path = join(folder, "lora-desk.db");
  logged.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function pragma(store: ReturnType<typeof openStore>, name: string): unknown {
  return Object.values(store.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

describe("opening", () => {
  test("uses WAL, full synchronisation and foreign keys with the SQLite linked in", () => {
    const store = openStore({ path, log });
    expect(pragma(store, "journal_mode")).toBe("wal");
    expect(pragma(store, "synchronous")).toBe(2);
    expect(pragma(store, "foreign_keys")).toBe(1);
    expect(pragma(store, "busy_timeout")).toBe(5000);
    store.close();
  });

  test("falls back to the rollback journal on an older SQLite, and logs the choice", () => {
    const store = openStore({ path, log, sqliteVersion: "3.51.2" });
    expect(store.journalMode).toBe("delete");
    expect(pragma(store, "journal_mode")).toBe("delete");
    expect(logged.at(-1)?.details).toMatchObject({
      sqliteVersion: "3.51.2",
      journalMode: "delete",
    });
    store.close();
  });

  test.each([
    ["3.51.2", false],
    ["3.51.3", true],
    ["3.52.0", true],
    ["3.9.99", false],
    ["4.0.0", true],
  ])("WAL in SQLite %s: %s", (version, isSafe) => expect(isWalSafe(version)).toBe(isSafe));

  test("every table is STRICT", () => {
    const store = openStore({ path, log });
    const tables = store
      .prepare(
        "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
      )
      .all();
    expect(tables.length).toBeGreaterThan(5);
    expect(tables.filter(({ strict }) => strict !== 1)).toEqual([]);
    store.close();
  });

  test("a file that is no database is refused with a remedy and left as it is", () => {
    writeFileSync(path, "not a database, but somebody's text\n".repeat(40));
    const before = readFileSync(path);
    expect(() => openStore({ path, log })).toThrow(/cannot be opened.*backup/s);
    expect(readFileSync(path)).toEqual(before);
  });
});

describe("migrations", () => {
  test("a schema of a newer release is refused and not touched", () => {
    openStore({ path, log }).close();
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 999");
    database.close();
    const before = readFileSync(path);
    expect(() => openStore({ path, log, sqliteVersion: "3.50.0" })).toThrow(AppError);
    expect(readFileSync(path)).toEqual(before);
    expect(() => openStore({ path, log })).toThrow(/newer LoRA Desk \(schema 999/);
    const again = new DatabaseSync(path);
    expect(again.prepare("PRAGMA user_version").get()).toEqual({ user_version: 999 });
    again.close();
  });

  test("opening twice migrates once", () => {
    openStore({ path, log }).close();
    logged.length = 0;
    const store = openStore({ path, log });
    expect(store.schemaVersion).toBe(migrations.length);
    expect(logged.map(({ message }) => message)).toEqual(["Store opened"]);
    store.close();
  });
});

test.skipIf(process.platform === "win32")("the file is its owner's alone", () => {
  openStore({ path, log }).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a failed transaction rolls back everything, nested calls included", () => {
  const store = openStore({ path, log });
  const insert = "INSERT INTO settings (id, value) VALUES (1, '{}')";
  expect(() =>
    store.transaction(() => {
      store.transaction(() => store.prepare(insert).run());
      throw new Error("after the nested one");
    }),
  ).toThrow("after the nested one");
  expect(store.prepare("SELECT count(*) AS n FROM settings").get()).toEqual({ n: 0 });
  expect(store.transaction(() => store.prepare(insert).run().changes)).toBe(1);
  store.close();
});
