import { AppError } from "../../shared/app-error.ts";
import type { RemoteClient } from "../gateway/remote-client.ts";
import type { CoreAddress } from "../home/core-address.ts";
import { type CoreSource, type OwnCore, ownCoreSource } from "./core-source.ts";
import { remoteCoreSource } from "./remote-core.ts";

export interface JoinCoreParts {
  readonly homePath: string;
  readonly version: string;
  /** @throws AppError `conflict` with details `{isRunning: true}` where another core runs. */
  openCore(): Promise<OwnCore>;
  readAddress(): CoreAddress | null;
  connect(address: CoreAddress): Promise<RemoteClient>;
  readonly log: (message: string, details: Record<string, unknown>) => void;
  pause(signal: AbortSignal): Promise<void>;
}

/** Between taking the lock and answering, or between its last answer and its end, a core is mute. */
const triesBeforeGivingUp = 100;

/**
 * Opens our own core, or joins the one that already runs in the data folder.
 *
 * @throws AppError `conflict` when the other core never answers or is of another version.
 */
export async function joinCore(parts: JoinCoreParts, signal: AbortSignal): Promise<CoreSource> {
  for (let tries = 0; tries < triesBeforeGivingUp; tries++) {
    signal.throwIfAborted();
    const own = await openOwn(parts);
    if (own !== null) return ownCoreSource(own);
    const client = await connect(parts);
    if (client !== null) {
      await checkVersion(client, parts);
      parts.log("The window has joined the core that already runs in this data folder", {});
      return remoteCoreSource(client, parts.log);
    }
    await parts.pause(signal);
  }
  throw new AppError(
    "conflict",
    `Another LoRA Desk holds the data folder ${parts.homePath}, but it does not answer. ` +
      "End it (look for lora-desk among the running programs), then start LoRA Desk again.",
  );
}

async function openOwn(parts: JoinCoreParts): Promise<OwnCore | null> {
  try {
    return await parts.openCore();
  } catch (error) {
    if (error instanceof AppError && error.details?.["isRunning"] === true) return null;
    throw error;
  }
}

async function connect(parts: JoinCoreParts): Promise<RemoteClient | null> {
  const address = parts.readAddress();
  if (address === null) return null;
  try {
    return await parts.connect(address);
  } catch (error) {
    // The address may be that of a core that was killed since.
    if (error instanceof AppError && error.kind === "unavailable") return null;
    throw error;
  }
}

async function checkVersion(client: RemoteClient, parts: JoinCoreParts): Promise<void> {
  const { version, pid } = await client.request("app.info", {});
  if (version === parts.version) return;
  client.close();
  throw new AppError(
    "conflict",
    `LoRA Desk ${version} already runs in the data folder ${parts.homePath} (process ${pid}), and ` +
      `this is version ${parts.version}. End the other one, then start LoRA Desk again.`,
  );
}
