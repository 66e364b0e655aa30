import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "./migrate.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lora-desk-migrate-"));
  path = join(folder, "store.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const first = "CREATE TABLE notes (text TEXT NOT NULL) STRICT;";
const second = "ALTER TABLE notes ADD COLUMN author TEXT;";
const broken = "ALTER TABLE notes ADD COLUMN year INTEGER; ALTER TABLE nowhere ADD COLUMN x TEXT;";
const quiet = () => {};

test("a backup is made before anything that holds rows is changed", () => {
  const database = new DatabaseSync(path);
  expect(migrate(database, path, quiet, [first])).toBe(1);
  expect(existsSync(`${path}.v0.backup`)).toBe(false);
  database.exec("INSERT INTO notes VALUES ('kept')");

  expect(migrate(database, path, quiet, [first, second])).toBe(2);
  const backup = new DatabaseSync(`${path}.v1.backup`, { readOnly: true });
  expect(backup.prepare("SELECT * FROM notes").all()).toEqual([{ text: "kept" }]);
  backup.close();
  expect(database.prepare("SELECT * FROM notes").all()).toEqual([{ text: "kept", author: null }]);
  database.close();
});

test("a migration that fails half-way leaves the version before it", () => {
  const database = new DatabaseSync(path);
  migrate(database, path, quiet, [first]);
  expect(() => migrate(database, path, quiet, [first, broken])).toThrow(/nowhere/);
  expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
  expect(database.prepare("SELECT * FROM pragma_table_info('notes')").all()).toHaveLength(1);
  database.close();
});
