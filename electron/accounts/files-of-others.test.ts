import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { databasePath } from "./account-paths.ts";
import { isNamedByOthers, runOfOthers } from "./files-of-others.ts";

const id = "7f2c1a34-5b6c-4d7e-8f90-123456789abc";
const second = "7f2c1a34-5b6c-4d7e-8f90-123456789abd";
let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-others-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const theirs = () => databasePath(home, id);

function write(accountId: string, sql: string): void {
  const path = databasePath(home, accountId);
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

test("bytes that another account's file names, or may name, count as needed", () => {
  const sha256 = "a".repeat(64);
  expect(isNamedByOthers(home, null, sha256)).toBe(false);
  write(
    id,
    `CREATE TABLE datasets (id TEXT, sha256 TEXT);
    CREATE TABLE dataset_imports (dataset_id TEXT, file_type TEXT);
    INSERT INTO datasets VALUES ('d', '${sha256}'); INSERT INTO dataset_imports VALUES ('d', 'jsonl')`,
  );
  expect(isNamedByOthers(home, null, sha256)).toBe(true);
  expect(isNamedByOthers(home, null, "b".repeat(64))).toBe(false);
  expect(isNamedByOthers(home, id, sha256)).toBe(false);
  writeFileSync(theirs(), "no database");
  expect(isNamedByOthers(home, null, sha256)).toBe(true);
});

test("a run that another account made, or one whose adapter it has downloaded, is told apart", () => {
  const runs = "CREATE TABLE runs (job_id TEXT, model_path TEXT, adapter_path TEXT);";
  expect(runOfOthers(home, null, "j")).toEqual({ isWhole: false, adapterPaths: [] });
  write(id, `${runs} INSERT INTO runs VALUES ('j', '', 'adapter-1'), ('k', '', NULL)`);
  expect(runOfOthers(home, null, "j")).toEqual({ isWhole: false, adapterPaths: ["adapter-1"] });
  expect(runOfOthers(home, id, "j")).toEqual({ isWhole: false, adapterPaths: [] });
  expect(runOfOthers(home, null, "k")).toEqual({ isWhole: false, adapterPaths: [] });
  write(second, `${runs} INSERT INTO runs VALUES ('j', '/models/tiny', 'adapter')`);
  expect(runOfOthers(home, null, "j")).toEqual({
    isWhole: true,
    adapterPaths: ["adapter-1", "adapter"],
  });
  expect(runOfOthers(home, id, "j")).toEqual({ isWhole: true, adapterPaths: ["adapter"] });
  expect(runOfOthers(home, null, "l")).toEqual({ isWhole: false, adapterPaths: [] });
});

test("of a file that cannot be read every run may be", () => {
  mkdirSync(dirname(theirs()), { recursive: true });
  writeFileSync(theirs(), "no database");
  expect(runOfOthers(home, null, "j")).toEqual({ isWhole: true, adapterPaths: [] });
});
