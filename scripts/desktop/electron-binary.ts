import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The path of Electron's program, or null where it has not been fetched. */
export function findElectron(projectPath: string, env: NodeJS.ProcessEnv): string | null {
  const package_ = join(projectPath, "node_modules/electron");
  let name: string;
  try {
    name = readFileSync(join(package_, "path.txt"), "utf8").trim();
  } catch {
    return null;
  }
  const path = join(env["ELECTRON_OVERRIDE_DIST_PATH"] ?? join(package_, "dist"), name);
  return existsSync(path) ? path : null;
}

/** Lets Electron's own installer fetch its program; says whether it is there afterwards. */
export function fetchElectron(projectPath: string, env: NodeJS.ProcessEnv): string | null {
  const installer = join(projectPath, "node_modules/electron/install.js");
  if (!existsSync(installer)) return null;
  spawnSync(process.execPath, [installer], { cwd: projectPath, env, stdio: "inherit" });
  return findElectron(projectPath, env);
}
