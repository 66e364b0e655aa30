import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { isBuildCurrent } from "./desktop/build-state.ts";
import { fetchElectron, findElectron } from "./desktop/electron-binary.ts";
import { findWindowObstacle } from "./desktop/window-obstacle.ts";

const projectPath = join(import.meta.dirname, "..");
const args = process.argv.slice(2);

process.exitCode = await start();

/** `npm start`: builds what has changed and opens the desktop app. */
async function start(): Promise<number> {
  const { env, platform } = process;
  const obstacle = findWindowObstacle({ platform, env, userId: process.getuid?.(), args });
  if (obstacle !== null) return fail(obstacle);

  let electron = findElectron(projectPath, env);
  if (electron === null) {
    console.error("Electron's program is not here yet; fetching it once (about 120 MB) …");
    electron = fetchElectron(projectPath, env);
  }
  if (electron === null) {
    return fail(
      [
        "Electron's program could not be fetched, so the desktop window cannot open.",
        "It comes from Electron's release page on GitHub. Behind a proxy set HTTPS_PROXY; with a",
        "mirror set ELECTRON_MIRROR; then try again: npm start",
        "Without it, the same app works in a browser: npm run serve",
      ].join("\n"),
    );
  }

  if (!isBuildCurrent(projectPath)) {
    console.error("Building the app …");
    const builder = join(projectPath, "node_modules/electron-vite/bin/electron-vite.js");
    const built = spawnSync(process.execPath, [builder, "build", "--logLevel", "warn"], {
      cwd: projectPath,
      stdio: "inherit",
    });
    if (built.status !== 0) {
      return fail(
        "The app could not be built: see the messages above. After a change of branch,\n`npm ci` often helps.",
      );
    }
  }
  return run(electron);
}

function run(electron: string): Promise<number> {
  // Set by some editors' terminals, it would turn Electron into a plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const app = spawn(electron, [projectPath, ...args], {
    cwd: process.cwd(),
    env,
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => app.kill(signal));
  return new Promise((settle) => {
    app.once("error", (cause) => settle(fail(`Electron could not be started: ${cause.message}`)));
    app.once("exit", (code) => {
      if (code === 0) return settle(0);
      settle(
        fail(
          `LoRA Desk ended with ${code === null ? "a signal" : `code ${code}`}. Its messages stand ` +
            "above. If libraries are missing, install them with your package manager, or use the " +
            "app in a browser: npm run serve",
        ),
      );
    });
  });
}

function fail(message: string): 1 {
  console.error(message);
  return 1;
}
