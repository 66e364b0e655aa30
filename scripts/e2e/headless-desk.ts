import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { connectRemoteClient, type RemoteClient } from "../../electron/gateway/remote-client.ts";
import { readCoreAddress } from "../../electron/home/core-address.ts";

const root = join(import.meta.dirname, "..", "..");
const started = z.object({ ok: z.literal(true), link: z.url() });

/** The real core as `lora-desk serve` runs it, in a process of its own that can be killed. */
export interface HeadlessDesk {
  readonly link: string;
  readonly port: number;
  /** Asks the core directly, to compare what it says with what the page shows. */
  client(): Promise<RemoteClient>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

export async function startHeadlessDesk(home: string, port = 0): Promise<HeadlessDesk> {
  const child = spawn(
    process.execPath,
    [join(root, "scripts", "launch.js"), "electron/cli.ts", "serve", "--port", `${port}`, "--json"],
    {
      cwd: root,
      // Nothing of the machine's own model cache shows up in the pictures.
      env: { ...process.env, LORA_DESK_HOME: home, HF_HOME: join(home, "hub") },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const { link } = started.parse(JSON.parse(await firstLine(child)));
  return {
    link,
    port: Number(new URL(link).port),
    client: () => {
      const address = readCoreAddress(home);
      if (address === null) throw new Error(`No core.json in ${home}`);
      return connectRemoteClient(address);
    },
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The core's output is not read.");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("The core ended before it said where it listens.");
}
