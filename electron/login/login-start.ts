import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import {
  desktopEntry,
  launchAgent,
  registryCommand,
  systemdUnit,
  type Variables,
} from "./login-files.ts";

export interface LoginStartOptions {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  /** The user's own folder, not LoRA Desk's. */
  userHome: string;
  /** What is started, with its arguments. */
  program: readonly string[];
  /** `window`: with the desktop. `service`: with the user's session, which needs no desktop. */
  kind: "window" | "service";
  /** Runs a program of the system to its end. */
  run: (file: string, args: readonly string[]) => Promise<unknown>;
}

const WINDOWS_RUN_KEY = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run";

/**
 * Has a program started with the user's session, so that queued and interrupted runs go on
 * unattended, or no longer. Doing it again changes nothing.
 *
 *   Linux    window   ~/.config/autostart/lora-desk.desktop
 *            service  ~/.config/systemd/user/lora-desk.service, enabled as systemctl does it
 *   macOS    ~/Library/LaunchAgents/lora-desk.plist
 *   Windows  the Run key of the user
 *
 * @returns where that is written down.
 */
export async function setLoginStart(isOn: boolean, options: LoginStartOptions): Promise<string> {
  const { platform, userHome, program, kind, env } = options;
  if (platform === "win32") return setRunKey(isOn, options);
  if (platform === "darwin") {
    const path = join(userHome, "Library", "LaunchAgents", "lora-desk.plist");
    await put(path, isOn ? launchAgent(program, variablesOf(env)) : null);
    return path;
  }
  const chosen = env["XDG_CONFIG_HOME"] ?? "";
  // As the specification says: what is empty or relative does not count.
  const config = isAbsolute(chosen) ? chosen : join(userHome, ".config");
  if (kind === "window") {
    const path = join(config, "autostart", "lora-desk.desktop");
    await put(path, isOn ? desktopEntry(program, variablesOf(env)) : null);
    return path;
  }
  const units = join(config, "systemd", "user");
  const path = join(units, "lora-desk.service");
  const enabled = join(units, "default.target.wants", "lora-desk.service");
  await rm(enabled, { force: true });
  await put(path, isOn ? systemdUnit(program, variablesOf(env)) : null);
  if (isOn) {
    await mkdir(dirname(enabled), { recursive: true });
    await symlink(path, enabled);
  }
  return path;
}

async function put(path: string, content: string | null): Promise<void> {
  if (content === null) {
    await rm(path, { force: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function setRunKey(isOn: boolean, { program, run }: LoginStartOptions): Promise<string> {
  const value = ["/v", "LoRA Desk"];
  if (isOn) {
    const data = ["/t", "REG_SZ", "/d", registryCommand(program)];
    await run("reg", ["add", WINDOWS_RUN_KEY, ...value, ...data, "/f"]);
  } else {
    // One that is not there is as good as removed.
    await run("reg", ["delete", WINDOWS_RUN_KEY, ...value, "/f"]).catch(() => null);
  }
  return WINDOWS_RUN_KEY;
}

/**
 * By what a run started at login must find the same data folder and the same Python as one started
 * now: the session's environment need not have what a terminal has.
 */
function variablesOf(env: NodeJS.ProcessEnv): Variables {
  const home = env["LORA_DESK_HOME"]?.trim() ?? "";
  const python = env["LORA_DESK_PYTHON"]?.trim() ?? "";
  return {
    ...(home === "" ? {} : { LORA_DESK_HOME: resolve(home) }),
    ...(python === "" ? {} : { LORA_DESK_PYTHON: python }),
  };
}
