import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import { databasePaths } from "../accounts/account-paths.ts";
import { writeFileAtomically } from "../jobs/atomic-file.ts";
import type { Log } from "./core-log.ts";
import { ownWorkstation } from "./own-workstation-store.ts";

const MOST_CHARACTERS = 58;
const LONGEST_READ = 255;
const NOT_IN_A_NAME = /[\p{C}\p{Zl}\p{Zp}\uFFFD]/u;

interface WorkstationOptions {
  homePath: string;
  hostName: string;
  log: Log;
  /** Four of them, which tell machines of one host name apart. */
  digits?: () => string;
}

/**
 * What this data folder's jobs say of where they run: `<home>/workstation`, one line, written once.
 * The project knows the machine by it, whatever the computer is called later.
 *
 * @throws AppError `unavailable` where the file cannot be right and jobs may say what it was.
 */
export async function openWorkstation(options: WorkstationOptions): Promise<string> {
  const { homePath, hostName, log } = options;
  const path = join(homePath, "workstation");
  const text = readText(path);
  const known = text === null ? null : nameIn(text);
  if (known !== null) return known;
  const own = ownWorkstation(homePath, hostName);
  if (text !== null) {
    if (own.isUnknown || own.name !== null) throw unreadable(path, own.name);
    log("The name of this workstation could not be read, and is made anew", { path });
  }
  const isOfBefore =
    text === null && databasePaths(homePath).some((database) => existsSync(database));
  const usual = isOfBefore ? (own.name ?? nameIn(hostName)) : null;
  const name = usual ?? newName(options);
  await writeFileAtomically(path, `${name}\n`);
  return name;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new AppError(
      "unavailable",
      `The name of this workstation (${path}) cannot be read: ${error instanceof Error ? error.message : String(error)}. It has to be a file that you can read, with one line.`,
      { cause: error },
    );
  }
}

/** Null where it cannot be a name. */
function nameIn(text: string): string | null {
  const name = text.trim();
  const isName = name !== "" && name.length <= LONGEST_READ && !NOT_IN_A_NAME.test(name);
  return isName ? name : null;
}

function newName({ hostName, digits = () => randomBytes(2).toString("hex") }: WorkstationOptions) {
  const letters = hostName
    .replaceAll(/[^\p{L}\p{M}\p{N}._-]/gu, "")
    .replace(/^[^\p{L}\p{N}]+/u, "");
  const host = Array.from(letters).slice(0, MOST_CHARACTERS).join("");
  return `${host === "" ? "workstation" : host}-${digits()}`;
}

function unreadable(path: string, name: string | null): AppError {
  const remedy =
    name === null
      ? "Write the name that its jobs carry (another machine of yours or the project shows it) into it"
      : `Its jobs carry the name “${name}”: write that into it`;
  return new AppError(
    "unavailable",
    `The file ${path} says what this workstation is called, and cannot be right: it is empty or garbled. ${remedy}, on one line, and start LoRA Desk again.`,
  );
}
