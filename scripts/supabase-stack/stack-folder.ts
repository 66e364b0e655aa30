import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { acquireCoreLock } from "../../electron/home/core-lock.ts";
import { forgetProcesses, stopLeftoverProcesses } from "./leftover-processes.ts";

/** Where a stack keeps its data: given and kept, or temporary and thrown away at the end. */
export interface StackFolder {
  path: string;
  isThrownAway: boolean;
  /** When all programs have ended. */
  close(): void;
}

const PREFIX = "lora-desk-stack-";
/** A younger folder may belong to a stack that is just starting and has not locked it yet. */
const STARTING_MS = 60_000;
const LOCK = "core.lock";
/** The first thing that a stack writes into its folder: by it one is known. */
const KEYS = "keys.json";
/** All that a stack puts there, but for the lock; the keys last, should clearing be interrupted. */
const CONTENTS = ["pgdata", "postgres", "files", "uploads", "processes.json", KEYS];

/** `isFresh` empties a kept folder of what a stack has put there, and of nothing else. */
export async function openStackFolder(
  keep: string | undefined,
  isFresh: boolean,
): Promise<StackFolder> {
  return keep === undefined ? openTemporary() : openKept(resolve(keep), isFresh);
}

async function openKept(path: string, isFresh: boolean): Promise<StackFolder> {
  makeFolder(path);
  refuseIfOfOthers(path);
  const lock = acquireCoreLock(path);
  if (lock === null) {
    throw new Error(
      `Another local stack is using ${path}. Stop it (Ctrl-C where it runs), or keep this one's data in another folder.`,
    );
  }
  await stopLeftoverProcesses(path);
  if (isFresh) {
    for (const name of CONTENTS) rmSync(join(path, name), { recursive: true, force: true });
  }
  return {
    path,
    isThrownAway: false,
    close: () => {
      forgetProcesses(path);
      lock.release();
    },
  };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      EEXIST: "there is a file of that name",
      ENOTDIR: "a part of the path is a file",
      EACCES: "you may not write there",
    };
    throw new Error(
      `The data cannot be kept in ${path}: ${reasons[code] ?? message}. Choose a new or an empty folder that you may write to.`,
      { cause },
    );
  }
}

/** So that nobody's own `files` are mixed with ours, or cleared with them. */
function refuseIfOfOthers(path: string): void {
  const names = readdirSync(path).filter((name) => name !== LOCK);
  if (names.length === 0 || names.includes(KEYS)) return;
  throw new Error(
    `The folder ${path} holds other things than a local stack. Keep the data in a new or an empty folder.`,
  );
}

async function openTemporary(): Promise<StackFolder> {
  await clearLeftoverFolders();
  const path = mkdtempSync(join(tmpdir(), PREFIX));
  const lock = acquireCoreLock(path);
  return {
    path,
    isThrownAway: true,
    close: () => {
      lock?.release();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Stops and removes the throwaway stacks that were killed before they could do it themselves. */
async function clearLeftoverFolders(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(tmpdir(), name);
    const found = statSync(path, { throwIfNoEntry: false });
    const isOurs = found?.isDirectory() === true && found.uid === (process.getuid?.() ?? found.uid);
    if (!isOurs || Date.now() - found.mtimeMs < STARTING_MS) continue;
    const lock = acquireCoreLock(path);
    if (lock === null) continue;
    await stopLeftoverProcesses(path);
    lock.release();
    rmSync(path, { recursive: true, force: true });
  }
}
