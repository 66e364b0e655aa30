import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireCoreLock } from "./core-lock.ts";

let folder = "";
let holder: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lora-desk-lock-"));
});
afterEach(() => {
  holder?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that takes the lock, says so, and keeps it until it is killed. */
async function holdInAnotherProcess(): Promise<ChildProcess> {
  const module = new URL("./core-lock.ts", import.meta.url).href;
  const script = `
    const { acquireCoreLock } = await import(${JSON.stringify(module)});
    const lock = acquireCoreLock(${JSON.stringify(folder)});
    process.stdout.write(lock === null ? "refused" : "held");
    setInterval(() => lock, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  expect(said.toString()).toBe("held");
  return child;
}

test("only one process holds it, and it is free again after a kill -9", async () => {
  holder = await holdInAnotherProcess();
  expect(acquireCoreLock(folder)).toBeNull();

  holder.kill("SIGKILL");
  await once(holder, "exit");
  const lock = acquireCoreLock(folder);
  expect(lock).not.toBeNull();
  lock?.release();
});

test("a lock that cannot be opened is told with what to do", () => {
  mkdirSync(join(folder, "core.lock"));
  expect(() => acquireCoreLock(folder)).toThrow(/core\.lock cannot be taken.*writable/s);
});

test("it can be taken again after release, and not twice by one process", () => {
  const lock = acquireCoreLock(folder);
  expect(acquireCoreLock(folder)).toBeNull();
  lock?.release();
  const again = acquireCoreLock(folder);
  expect(again).not.toBeNull();
  again?.release();
});
