import { execFileSync } from "node:child_process";
import { chownSync, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** The user that PostgreSQL runs as, where that is not ourselves. */
export interface PostgresUser {
  name: string;
  uid: number;
  gid: number;
}

/** Unprivileged users that systems commonly have, the more fitting first. */
const CANDIDATES = ["postgres", "nobody"];

/**
 * PostgreSQL refuses to run as root. For root this is another user to run it as: the owner of the
 * data where there is some, else one that the system has. For everybody else it is null:
 * PostgreSQL runs as they are.
 */
export function findPostgresUser(dataFolder: string): PostgresUser | null {
  if (process.getuid?.() !== 0) return null;
  if (existsSync(dataFolder)) {
    const { uid, gid } = statSync(dataFolder);
    if (uid !== 0) return { name: `with the number ${uid}`, uid, gid };
  }
  for (const name of CANDIDATES) {
    const uid = idOf("-u", name);
    const gid = idOf("-g", name);
    if (uid !== null && gid !== null && uid !== 0) return { name, uid, gid };
  }
  throw new Error(
    `PostgreSQL does not run as root, and this system has none of the users ${CANDIDATES.join(", ")} to run it as. Add one (useradd --system postgres) or start the stack as an ordinary user.`,
  );
}

/** The spawn options that make a program run as that user. */
export function runAs(user: PostgresUser | null): { uid?: number; gid?: number } {
  return user === null ? {} : { uid: user.uid, gid: user.gid };
}

export function giveTo(user: PostgresUser | null, path: string): void {
  if (user !== null) chownSync(path, user.uid, user.gid);
}

/** The first folder above `path` that the user may not walk through, or null. */
export function blockedAt(user: PostgresUser | null, path: string): string | null {
  if (user === null) return null;
  const above: string[] = [];
  for (let at = dirname(path); ; at = dirname(at)) {
    above.unshift(at);
    if (dirname(at) === at) break;
  }
  return above.find((folder) => !mayWalkThrough(user, folder)) ?? null;
}

function mayWalkThrough(user: PostgresUser, folder: string): boolean {
  const { mode, uid, gid } = statSync(folder);
  if (uid === user.uid) return (mode & 0o100) !== 0;
  if (gid === user.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

function idOf(flag: "-u" | "-g", name: string): number | null {
  try {
    return Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return null;
  }
}
