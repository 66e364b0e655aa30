import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "../shared/app-error.ts";
import { type Core, type CoreOptions, openCore } from "./core.ts";
import { readCoreAddress } from "./home/core-address.ts";

const GIVE_UP_AFTER_MS = 15_000;
const ANSWER_WITHIN_MS = 3000;
const RETRY_MS = 150;

/**
 * The core without a window: it serves the page to browsers on this machine until SIGINT or
 * SIGTERM. When a core runs already on the data folder, that one is asked for a fresh link.
 */
export async function serve(options: CoreOptions): Promise<{ link: string; isOurs: boolean }> {
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const core = await openUnlessRunning(options);
    if (core !== null) {
      endWithSignals(core);
      return { link: core.issueLink(), isOurs: true };
    }
    const link = await askForLink(options.homePath);
    if (link !== null) return { link, isOurs: false };
    // The other one holds the lock but does not listen yet, or is just ending.
    if (Date.now() > deadline) {
      throw new AppError(
        "unavailable",
        `Another LoRA Desk holds ${options.homePath} but does not answer. If it hangs, end that process and try again.`,
      );
    }
    await delay(RETRY_MS);
  }
}

async function openUnlessRunning(options: CoreOptions): Promise<Core | null> {
  try {
    return await openCore(options);
  } catch (error) {
    if (error instanceof AppError && error.details?.["isRunning"] === true) return null;
    throw error;
  }
}

function endWithSignals(core: Core): void {
  let isClosing = false;
  const end = () => {
    if (isClosing) return;
    isClosing = true;
    void core.close().then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
}

const linkReplySchema = z.object({ link: z.url().nullable() });

/** @returns null when nobody answers at the address last written. */
async function askForLink(homePath: string): Promise<string | null> {
  const address = readCoreAddress(homePath);
  if (address === null) return null;
  const reply = await fetch(`${address.url}/links`, {
    method: "POST",
    headers: { authorization: `Bearer ${address.secret}` },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch(() => null);
  if (reply?.ok !== true) return null;
  const { link } = linkReplySchema.parse(await reply.json());
  if (link !== null) return link;
  throw new AppError(
    "conflict",
    `A LoRA Desk command (process ${address.pid}) is using ${homePath}, and the window was not built when it began. Wait until it has ended.`,
  );
}
