import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import { type CoreOptions, openCore } from "../core.ts";
import { connectRemoteClient } from "../gateway/remote-client.ts";
import { readCoreAddress } from "../home/core-address.ts";

export interface ReachedCore {
  readonly client: CoreClient;
  close(): Promise<void>;
}

const GIVE_UP_AFTER_MS = 15_000;
const RETRY_MS = 150;

/** The core of the data folder: the one that runs, else one opened here for as long as needed. */
export async function reachCore(options: CoreOptions): Promise<ReachedCore> {
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const running = await connect(options.homePath);
    if (running !== null) return running;
    const own = await open(options);
    if (own !== null) return own;
    // Another process holds the lock but does not listen yet, or is just ending.
    if (Date.now() > deadline) {
      throw new AppError(
        "unavailable",
        `Another LoRA Desk holds ${options.homePath} but does not answer. If it hangs, end that process and try again.`,
      );
    }
    await delay(RETRY_MS);
  }
}

async function connect(homePath: string): Promise<ReachedCore | null> {
  const address = readCoreAddress(homePath);
  if (address === null) return null;
  try {
    const client = await connectRemoteClient(address);
    return { client, close: async () => client.close() };
  } catch (error) {
    if (error instanceof AppError && error.kind === "unavailable") return null;
    throw error;
  }
}

async function open(options: CoreOptions): Promise<ReachedCore | null> {
  try {
    const core = await openCore(options);
    // Others may have come to lean on this core meanwhile; it stays until they have left.
    return { client: core.client, close: () => core.whenIdle().then(() => core.close()) };
  } catch (error) {
    if (error instanceof AppError && error.details?.["isRunning"] === true) return null;
    throw error;
  }
}
