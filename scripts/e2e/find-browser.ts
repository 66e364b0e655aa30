import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { chromium } from "playwright-core";

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * A Chromium to test with: CHROMIUM_PATH, the usual places, Playwright's own download, or, as root
 * on Debian, the distribution's package.
 */
export async function findBrowser(): Promise<string> {
  const chosen = process.env["CHROMIUM_PATH"];
  if (chosen !== undefined && chosen !== "") {
    if (isProgram(chosen)) return chosen;
    throw new Error(`CHROMIUM_PATH is ${chosen}, which is no program.`);
  }
  const found = findInstalled();
  if (found !== undefined) return found;

  const isDebianRoot = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (isDebianRoot) {
    console.log("Installing the package chromium");
    const options = { stdio: "inherit", reject: false } as const;
    await execa("apt-get", ["update", "-qq"], options);
    await execa("apt-get", ["install", "-y", "-qq", "chromium"], {
      ...options,
      env: { DEBIAN_FRONTEND: "noninteractive" },
    });
  } else {
    console.log("Downloading Playwright's Chromium");
    await execa("playwright-core", ["install", "chromium"], {
      stdio: "inherit",
      preferLocal: true,
      reject: false,
    });
  }
  const installed = findInstalled();
  if (installed !== undefined) return installed;
  throw new Error(
    "No Chromium was found, and none could be installed. Install Chromium or Chrome, or set CHROMIUM_PATH to one.",
  );
}

function findInstalled(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const onPath = PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program)));
  return [...onPath, ...PLACES, chromium.executablePath()].find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
