import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What the desktop app is built from, relative to the project's folder. */
const sources = [
  "electron",
  "renderer",
  "shared",
  "package.json",
  "package-lock.json",
  "electron.vite.config.ts",
];
const products = ["out/main/main.js", "out/preload/preload.cjs", "out/renderer/index.html"];
const sourcePattern = /\.(ts|tsx|css|html|svg|json)$/;
const aside = new Set(["node_modules", "trainer"]);

/** Whether out/ is complete and no source has changed since. */
export function isBuildCurrent(projectPath: string): boolean {
  const built = products.map((name) => changedAt(join(projectPath, name)));
  const oldest = Math.min(...built.map((time) => time ?? Number.NEGATIVE_INFINITY));
  return sources.every((name) => newest(join(projectPath, name)) <= oldest);
}

function changedAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return Number.NEGATIVE_INFINITY;
  if (!found.isDirectory()) return found.mtimeMs;
  let time = Number.NEGATIVE_INFINITY;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const isWanted = entry.isDirectory() ? !aside.has(entry.name) : isSource(entry.name);
    if (isWanted) time = Math.max(time, newest(join(path, entry.name)));
  }
  return time;
}

function isSource(name: string): boolean {
  return sourcePattern.test(name) && !name.includes(".test.");
}
