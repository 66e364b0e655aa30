import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { _electron } from "playwright-core";
import type { DesktopBridge } from "../shared/contract/bridge.ts";
import { appInfoSchema } from "../shared/contract/settings.ts";
import { isBuildCurrent } from "./desktop/build-state.ts";
import { findElectron } from "./desktop/electron-binary.ts";
import { findWindowObstacle } from "./desktop/window-obstacle.ts";

const projectPath = join(import.meta.dirname, "..");
const args = process.argv.slice(2);
const appArgs = args.filter((arg) => arg !== "--allow-missing");

process.exitCode = await smokeDesktop();

/**
 * `npm run smoke:desktop [-- --allow-missing] [--no-sandbox]`: opens the real desktop app on an
 * empty data folder and looks at it from outside.
 */
async function smokeDesktop(): Promise<number> {
  const { env, platform } = process;
  const electron = findElectron(projectPath, env);
  if (electron === null) return missing("Electron's binary is not present here: skipped.");
  const obstacle = findWindowObstacle({
    platform,
    env,
    userId: process.getuid?.(),
    args: appArgs,
  });
  if (obstacle !== null) return missing(`${obstacle}\nSkipped.`);
  if (!isBuildCurrent(projectPath)) {
    console.error("out/ is missing or older than the sources. Build first: npm run build");
    return 1;
  }
  const home = mkdtempSync(join(tmpdir(), "lora-desk-smoke-"));
  try {
    await lookAtApp(electron, home);
  } catch (cause) {
    console.error("The desktop app is not as it should be:", cause);
    return 1;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  console.log("The desktop app opens and works.");
  return 0;
}

async function lookAtApp(executablePath: string, home: string): Promise<void> {
  const app = await _electron.launch({
    executablePath,
    args: [projectPath, ...appArgs],
    env: { ...definedOnly(process.env), LORA_DESK_HOME: home },
  });
  try {
    const page = await app.firstWindow();
    await page.getByRole("navigation").first().waitFor({ state: "visible" });
    assert.match(await page.title(), /LoRA Desk/);
    assert.equal(new URL(page.url()).protocol, "app:", "The page must come from app://.");
    const seen = await page.evaluate(async () => {
      const { loraDesk } = globalThis as unknown as { loraDesk: DesktopBridge };
      return {
        bridge: Object.keys(loraDesk).sort(),
        hasNode: "require" in globalThis || "process" in globalThis,
        info: await loraDesk.request("app.info", {}),
      };
    });
    assert.deepEqual(seen.bridge, ["registerDroppedFile", "request", "subscribe"]);
    assert.equal(seen.hasNode, false, "The page must not see Node.");
    assert.ok(seen.info.ok, "app.info must be answered.");
    const info = appInfoSchema.parse(seen.info.result);
    assert.equal(info.shell, "desktop");
    assert.equal(info.homePath, home);
    const output = join(projectPath, "test-output/desktop");
    mkdirSync(output, { recursive: true });
    await page.screenshot({ path: join(output, "window.png") });
  } finally {
    await app.close();
  }
}

function missing(message: string): number {
  console.error(message);
  return args.includes("--allow-missing") ? 0 : 1;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
