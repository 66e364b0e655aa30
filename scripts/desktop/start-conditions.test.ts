import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isBuildCurrent } from "./build-state.ts";
import { fetchElectron, findElectron } from "./electron-binary.ts";
import { findWindowObstacle, type Surroundings } from "./window-obstacle.ts";

function project(files: Record<string, number>): string {
  const folder = mkdtempSync(join(tmpdir(), "start-conditions-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, time] of Object.entries(files)) write(join(folder, name), time);
  return folder;
}

function write(path: string, time: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "x");
  utimesSync(path, time, time);
}

const built = {
  "out/main/main.js": 200,
  "out/preload/preload.cjs": 210,
  "out/renderer/index.html": 220,
  "electron/main.ts": 100,
  "renderer/jobs/view.tsx": 100,
  "shared/contract/jobs.ts": 100,
  "package.json": 100,
};

test("a build newer than all sources is current", () => {
  expect(isBuildCurrent(project(built))).toBe(true);
});

test.each([
  [{ "electron/gateway/ipc.ts": 205 }],
  [{ "renderer/jobs/view.css": 205 }],
  [{ "package.json": 205 }],
  [{ "electron.vite.config.ts": 205 }],
])("a source changed since (%j) asks for a build", (changed) => {
  expect(isBuildCurrent(project({ ...built, ...changed }))).toBe(false);
});

test("tests, Python and what is no source ask for none", () => {
  const others = {
    "electron/main.test.ts": 300,
    "electron/trainer/runner.json": 300,
    "renderer/notes.md": 300,
  };
  expect(isBuildCurrent(project({ ...built, ...others }))).toBe(true);
});

test("a missing product asks for a build", () => {
  const { "out/preload/preload.cjs": _, ...others } = built;
  expect(isBuildCurrent(project(others))).toBe(false);
});

test("Electron's program is found only where it really is", () => {
  const folder = project({ "node_modules/electron/install.js": 1 });
  expect(findElectron(folder, {})).toBeNull();
  writeFileSync(join(folder, "node_modules/electron/path.txt"), "electron");
  expect(findElectron(folder, {})).toBeNull();
  const program = join(folder, "node_modules/electron/dist/electron");
  write(program, 1);
  expect(findElectron(folder, {})).toBe(program);
  expect(findElectron(folder, { ELECTRON_OVERRIDE_DIST_PATH: join(folder, "other") })).toBeNull();
});

test("Electron's installer is run, and what it brought is found", () => {
  const folder = project({ "node_modules/electron/install.js": 1 });
  writeFileSync(
    join(folder, "node_modules/electron/install.js"),
    `const fs = require("fs"), path = require("path");
     fs.mkdirSync(path.join(__dirname, "dist"));
     fs.writeFileSync(path.join(__dirname, "dist/electron"), "");
     fs.writeFileSync(path.join(__dirname, "path.txt"), "electron");`,
  );
  expect(fetchElectron(folder, process.env)).toBe(
    join(folder, "node_modules/electron/dist/electron"),
  );
});

test("an installer that cannot reach its server leaves nothing", () => {
  const folder = project({});
  expect(fetchElectron(folder, process.env)).toBeNull();
  mkdirSync(join(folder, "node_modules/electron"), { recursive: true });
  writeFileSync(join(folder, "node_modules/electron/install.js"), "process.exit(1)");
  expect(fetchElectron(folder, process.env)).toBeNull();
});

const desktop: Surroundings = { platform: "linux", env: { DISPLAY: ":0" }, userId: 1000, args: [] };

test("a window can open on a desktop of any system", () => {
  expect(findWindowObstacle(desktop)).toBeNull();
  expect(findWindowObstacle({ ...desktop, env: { WAYLAND_DISPLAY: "wayland-0" } })).toBeNull();
  expect(findWindowObstacle({ ...desktop, platform: "darwin", env: {} })).toBeNull();
  expect(
    findWindowObstacle({ ...desktop, platform: "win32", env: {}, userId: undefined }),
  ).toBeNull();
});

test("without a display, or as root, it says what to do instead", () => {
  const noDisplay = findWindowObstacle({ ...desktop, env: {} });
  expect(noDisplay).toMatch(/no display/);
  expect(noDisplay).toContain("npm run serve");
  const root = findWindowObstacle({ ...desktop, userId: 0 });
  expect(root).toMatch(/ordinary user/);
  expect(root).toContain("npm start -- --no-sandbox");
  expect(findWindowObstacle({ ...desktop, userId: 0, args: ["--no-sandbox"] })).toBeNull();
});
