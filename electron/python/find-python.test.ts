import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findPython, type FindPythonOptions, pythonCandidates } from "./find-python.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "pythons-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function install(name: string, version: string, { hasVenv = true, bits = 64 } = {}): void {
  const answer = JSON.stringify({
    executable: path.join(folder, name),
    version: version.split(".").map(Number),
    prefix: "/",
    bits,
    hasVenv,
  });
  script(name, `echo 'a warning'; echo '${answer}'`);
}

function script(name: string, body: string): void {
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${body}\n`);
  chmodSync(path.join(folder, name), 0o755);
}

const find = (names: readonly string[], more: Partial<FindPythonOptions> = {}) =>
  findPython({
    env: { PATH: folder },
    platform: "linux",
    needsVenv: true,
    candidates: names.map((name) => [name] as const),
    ...more,
  });

test("takes the user's default when it is a good one", async () => {
  install("python3", "3.13.1");
  install("python3.12", "3.12.7");
  expect((await find(["python3", "python3.12"])).version).toEqual([3, 13, 1]);
});

test("passes over what is absent, broken, too old, too new or 32-bit for a good one", async () => {
  script("python", "echo 'pyenv: python: command not found' >&2; exit 127");
  script("python3", "echo not json");
  install("python3.9", "3.9.1");
  install("python3.15", "3.15.0");
  install("python32", "3.12.0", { bits: 32 });
  install("python3.11", "3.11.9");
  const names = ["absent", "python", "python3", "python3.9", "python3.15", "python32"];
  expect((await find([...names, "python3.11"])).version).toEqual([3, 11, 9]);
});

test("makes do with 3.10 before one that is newer than it knows", async () => {
  install("python3", "3.15.0");
  install("python3.10", "3.10.2");
  expect((await find(["python3", "python3.10"])).version).toEqual([3, 10, 2]);
});

test("names the package of the missing venv; uv needs none", async () => {
  install("python3", "3.12.3", { hasVenv: false });
  await expect(find(["python3"])).rejects.toMatchObject({
    kind: "environment",
    message: expect.stringContaining("sudo apt install python3.12-venv"),
  });
  expect((await find(["python3"], { needsVenv: false })).version).toEqual([3, 12, 3]);
});

test.each([
  ["linux", "sudo apt install python3 python3-venv"],
  ["darwin", "brew install python@3.12"],
  ["win32", "Add python.exe to PATH"],
] as const)("without a Python says what to install on %s", async (platform, advice) => {
  install("python3", "3.8.2");
  const failing = find(["python3", "python"], { platform });
  await expect(failing).rejects.toMatchObject({ message: expect.stringContaining(advice) });
  await expect(failing).rejects.toMatchObject({ message: expect.stringContaining("3.8.2") });
});

test("looks where each platform's installers put Python", () => {
  const commands = (platform: NodeJS.Platform): string[] =>
    pythonCandidates(platform, { LOCALAPPDATA: "C:\\Local" }).map((command) => command.join(" "));
  expect(commands("win32")).toContain("py -3.12");
  expect(commands("win32")).toContain("C:\\Local\\Programs\\Python\\Python312\\python.exe");
  expect(commands("darwin")).toContain("/opt/homebrew/bin/python3.12");
  expect(commands("linux")[0]).toBe("python3");
});
