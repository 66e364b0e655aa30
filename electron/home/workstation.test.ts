import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { databasePath } from "../accounts/account-paths.ts";
import { openWorkstation } from "./workstation.ts";

const ACCOUNT = "7f2c1a34-5b6c-4d7e-8f90-123456789abc";
const logged: string[] = [];
let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-workstation-"));
});
afterEach(() => {
  logged.length = 0;
  rmSync(home, { recursive: true, force: true });
});

const path = () => join(home, "workstation");
const name = (hostName: string, digits = "3fa2") =>
  openWorkstation({
    homePath: home,
    hostName,
    digits: () => digits,
    log: (message) => logged.push(message),
  });

/** A database with runs that were made here, the oldest first, and one that was downloaded. */
function databaseWith(accountId: string | null, workstations: readonly string[]): void {
  const file = databasePath(home, accountId);
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(`CREATE TABLE training_jobs (id TEXT, workstation TEXT, created_at TEXT);
    CREATE TABLE runs (job_id TEXT, model_path TEXT);
    INSERT INTO training_jobs VALUES ('far', 'gpu-box', '2030'); INSERT INTO runs VALUES ('far', '')`);
  for (const [index, workstation] of workstations.entries()) {
    const at = `2026-01-0${index + 1}`;
    database.prepare("INSERT INTO training_jobs VALUES (?, ?, ?)").run(at, workstation, at);
    database.prepare("INSERT INTO runs VALUES (?, '/models/tiny')").run(at);
  }
  database.close();
}

test("a new data folder gets the host's name with four digits, and keeps it", async () => {
  expect(await name("lab-1")).toBe("lab-1-3fa2");
  expect(readFileSync(path(), "utf8")).toBe("lab-1-3fa2\n");
  // The computer was renamed, or another one has taken its host name.
  expect(await name("lab-2", "0000")).toBe("lab-1-3fa2");
  expect(readFileSync(path(), "utf8")).toBe("lab-1-3fa2\n");
});

test("the digits are random", async () => {
  const made = await openWorkstation({ homePath: home, hostName: "lab", log: () => undefined });
  expect(made).toMatch(/^lab-[0-9a-f]{4}$/);
});

test("what no name should hold is left out of a new one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (hostName) => {
      rmSync(path(), { force: true });
      const made = await name(hostName);
      expect(made).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*-3fa2$/u);
      expect(Array.from(made).length).toBeLessThanOrEqual(63);
      expect(await name("another", "0000")).toBe(made);
    }),
    { numRuns: 30 },
  );
  rmSync(path());
  expect(await name("Ada's  MacBook\n")).toBe("AdasMacBook-3fa2");
  rmSync(path());
  expect(await name("…")).toBe("workstation-3fa2");
});

test("a data folder of before keeps the name that its jobs say", async () => {
  databaseWith(null, ["lab-1"]);
  expect(await name("lab-1")).toBe("lab-1");
  expect(await name("lab-2")).toBe("lab-1");
});

test("without jobs of its own it is the host's name, as it always was", async () => {
  databaseWith(ACCOUNT, []);
  expect(await name("lab 1")).toBe("lab 1");
});

test("a computer that was renamed before goes on with what it is called now, or was last", async () => {
  databaseWith(null, ["lab-2", "lab-3"]);
  databaseWith(ACCOUNT, ["lab-1", "lab-2", "lab-2", "lab-5"]);
  expect(await name("lab-2")).toBe("lab-2");
  rmSync(path());
  expect(await name("lab-9")).toBe("lab-5");
});

test.each(["", "\n", "lab\0-1\n", "lab-1\nlab-2\n", "x".repeat(300), "\uFFFD\uFFFD"])(
  "a name that cannot be right (%j) is told with the one that the jobs say",
  async (text) => {
    databaseWith(ACCOUNT, ["lab-1-3fa2"]);
    writeFileSync(path(), text);
    await expect(name("lab-1")).rejects.toThrow(
      /workstation .*“lab-1-3fa2”.*start LoRA Desk again/su,
    );
    expect(readFileSync(path(), "utf8")).toBe(text);
  },
);

test("where the jobs cannot be read either, no name is invented", async () => {
  mkdirSync(dirname(databasePath(home, ACCOUNT)), { recursive: true });
  writeFileSync(databasePath(home, ACCOUNT), "no database");
  writeFileSync(path(), "");
  await expect(name("lab-1")).rejects.toThrow(/workstation/u);
  expect(readFileSync(path(), "utf8")).toBe("");
});

test("without jobs a name that cannot be right is made anew, and that is logged", async () => {
  writeFileSync(path(), "");
  expect(await name("lab-1")).toBe("lab-1-3fa2");
  expect(logged).toHaveLength(1);
});

test("one that cannot be read is told", async () => {
  mkdirSync(path());
  await expect(name("lab-1")).rejects.toThrow(/workstation/u);
  expect(existsSync(path())).toBe(true);
});
