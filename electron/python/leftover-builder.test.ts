import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EnvironmentPaths, environmentPaths } from "./environment-paths.ts";
import { endLeftoverBuilder, rememberBuilder } from "./leftover-builder.ts";

let home: string;
let paths: EnvironmentPaths;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "leftover-"));
  paths = environmentPaths(home, "/trainer", process.platform);
});
afterEach(() => rmSync(home, { recursive: true }));

async function startProgram(argument: string) {
  const code = 'process.stdout.write("up"); setInterval(() => {}, 1000)';
  const child = spawn(process.execPath, ["-e", code, argument], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(child.stdout, "data");
  return { child, pid: child.pid as number, end: once(child, "exit") };
}

test("ends an installer that works in our folder, and forgets it", async () => {
  const { pid, end } = await startProgram(`${paths.environment}/bin/python`);
  await rememberBuilder(paths, pid);
  expect(await endLeftoverBuilder(paths, process.platform)).toBe(true);
  expect((await end)[1]).toBe("SIGKILL");
  expect(existsSync(paths.builder)).toBe(false);
});

test("spares a program that has got the number meanwhile", async () => {
  const { child, pid, end } = await startProgram("something else");
  await rememberBuilder(paths, pid);
  expect(await endLeftoverBuilder(paths, process.platform)).toBe(false);
  child.kill("SIGTERM");
  expect((await end)[1]).toBe("SIGTERM");
});

test("nothing was left", async () => {
  expect(await endLeftoverBuilder(paths, process.platform)).toBe(false);
});
