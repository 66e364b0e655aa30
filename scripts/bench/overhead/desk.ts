import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connectRemoteClient, type RemoteClient } from "../../../electron/gateway/remote-client.ts";
import { readCoreAddress } from "../../../electron/home/core-address.ts";

/** A core in a process of its own, and a connection to it such as a window has. */
export interface Desk {
  readonly client: RemoteClient;
  /** The processor time that the core has used so far. */
  cpuSeconds(): Promise<number>;
}

/** Opens one for as long as `work` takes. */
export async function withDesk<T>(
  home: string,
  python: string,
  work: (desk: Desk) => Promise<T>,
): Promise<T> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "core-process.ts")], {
    env: { ...process.env, LORA_DESK_HOME: home, LORA_DESK_PYTHON: python },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  try {
    await firstLine(child);
    const address = readCoreAddress(home);
    if (address === null) throw new Error(`The core does not say in ${home} where it listens.`);
    const client = await connectRemoteClient(address);
    const result = await work({ client, cpuSeconds: () => cpuSecondsOf(child) });
    client.close();
    return result;
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

async function cpuSecondsOf(child: ChildProcess): Promise<number> {
  const answered = once(child, "message");
  child.send("cpu");
  const [answer] = (await answered) as [{ cpuSeconds: number }];
  return answer.cpuSeconds;
}

async function firstLine(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("The core's output is not read.");
  for await (const _ of createInterface({ input: child.stdout })) return;
  throw new Error("The core ended before it answered.");
}
