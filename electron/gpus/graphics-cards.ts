import { createRequire } from "node:module";
import { execa } from "execa";
import { z } from "zod";

/** A card on the machine's bus, whether or not a driver serves it. */
export interface GraphicsCard {
  vendor: string;
  model: string;
  isNvidia: boolean;
}

const controllersSchema = z.array(
  z.object({ vendor: z.string().default(""), model: z.string().default("") }),
);

const SCRIPT = `require(process.argv[1]).graphics().then((graphics) => {
  process.stdout.write(JSON.stringify(graphics ? graphics.controllers : []));
});`;
const TIMEOUT_MS = 20_000;

/**
 * Lists the graphics cards through systeminformation, which knows each platform's way to ask
 * (lspci, PowerShell, system_profiler). It runs in a process of its own because systeminformation
 * calls nvidia-smi synchronously and without a timeout: a hanging driver would stop the app.
 *
 * @returns an empty list when they cannot be listed.
 */
export async function listGraphicsCards(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<GraphicsCard[]> {
  const library = createRequire(import.meta.url).resolve("systeminformation");
  const result = await execa(process.execPath, ["-e", SCRIPT, library], {
    // Inside Electron the executable is Electron; this makes it behave as Node.
    env: { ...env, ELECTRON_RUN_AS_NODE: "1" },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    windowsHide: true,
    timeout: TIMEOUT_MS,
    cancelSignal: signal,
    killDescendants: true,
  });
  if (result.exitCode !== 0) return [];
  return parseGraphicsCards(result.stdout);
}

export function parseGraphicsCards(text: string): GraphicsCard[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const controllers = controllersSchema.safeParse(json);
  if (!controllers.success) return [];
  return controllers.data
    .filter(({ vendor, model }) => vendor !== "" || model !== "")
    .map(({ vendor, model }) => ({
      vendor,
      model,
      isNvidia: /nvidia/i.test(`${vendor} ${model}`),
    }));
}
