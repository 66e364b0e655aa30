import { accessSync, constants, existsSync, readFileSync, renameSync } from "node:fs";
import { statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Stack } from "./open-stack.ts";

/** What the app and scripts/verify-lora-foundation.js read. */
export function environmentOf(stack: Stack): Record<string, string> {
  return {
    NEXT_PUBLIC_SUPABASE_URL: stack.apiUrl,
    NEXT_PUBLIC_SUPABASE_ANON_KEY: stack.anonKey,
    SUPABASE_SERVICE_ROLE_KEY: stack.serviceRoleKey,
    SUPABASE_DB_URL: stack.dbUrl,
  };
}

/** Makes sure that `writeEnvFile` can do its work, before anything is started for it. */
export function requireWritableEnvFile(path: string): void {
  const file = resolve(path);
  const folder = dirname(file);
  const refuse = (reason: string): never => {
    throw new Error(
      `${file} cannot be written: ${reason}. Name a file in a folder that you may write to, such as .env.local.`,
    );
  };
  if (!isFolder(folder)) refuse(`there is no folder ${folder}`);
  if (isFolder(file)) refuse("it is a folder");
  if (!isAllowed(folder, constants.W_OK)) refuse(`you may not write to ${folder}`);
  if (existsSync(file) && !isAllowed(file, constants.R_OK))
    refuse("you may not read what it holds");
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** Sets variables in an environment file that only its owner may read, and keeps its other lines. */
export function writeEnvFile(path: string, values: Record<string, string>): void {
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  writeFileSync(`${path}.new`, setVariables(before, values), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/**
 * The text with the variables set. Values of another project than a local stack are not lost: they
 * stay as comments above their successors.
 */
export function setVariables(text: string, values: Record<string, string>): string {
  const isOfAnotherProject = /^\s*NEXT_PUBLIC_SUPABASE_URL\s*=(?!["']?http:\/\/127\.0\.0\.1)/m.test(
    text,
  );
  const missing = new Map(Object.entries(values));
  const lines: string[] = [];
  for (const line of text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/)) {
    const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
    if (name === undefined || !(name in values)) {
      lines.push(line);
      continue;
    }
    if (isOfAnotherProject) lines.push(`# ${line}`);
    if (missing.delete(name)) lines.push(`${name}=${values[name]}`);
  }
  for (const [name, value] of missing) lines.push(`${name}=${value}`);
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  return lines.join(lineEnd) + lineEnd;
}
