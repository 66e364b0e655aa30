import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { z } from "zod";
import type { EnvironmentPaths } from "./environment-paths.ts";

const builderSchema = z.object({ pid: z.int().positive() });

export async function rememberBuilder(paths: EnvironmentPaths, pid: number): Promise<void> {
  await mkdir(path.dirname(paths.builder), { recursive: true });
  await writeFile(paths.builder, JSON.stringify({ pid }));
}

export async function forgetBuilder(paths: EnvironmentPaths): Promise<void> {
  await rm(paths.builder, { force: true });
}

/**
 * An app that was killed while it built may have left an installer at work in the folder that is
 * about to be built anew. It is ended only if that process still names this very environment on its
 * command line, since its number may belong to another program by now.
 *
 * @returns true when one was found and ended.
 */
export async function endLeftoverBuilder(
  paths: EnvironmentPaths,
  platform: NodeJS.Platform,
): Promise<boolean> {
  let pid: number;
  try {
    pid = builderSchema.parse(JSON.parse(await readFile(paths.builder, "utf8"))).pid;
  } catch {
    return false;
  }
  const isOurs = (await commandLine(pid, platform)).includes(paths.environment);
  if (isOurs) {
    try {
      process.kill(platform === "win32" ? pid : -pid, "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
  await forgetBuilder(paths);
  return isOurs;
}

async function commandLine(pid: number, platform: NodeJS.Platform): Promise<string> {
  if (platform === "linux") {
    return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  }
  // On Windows a pipe's end stops pip, and there is no cheap way to ask for a command line.
  if (platform === "win32") return "";
  const { stdout } = await execa("ps", ["-o", "command=", "-p", String(pid)], { reject: false });
  return stdout ?? "";
}
