import { z } from "zod";
import { AppError } from "../shared/app-error.ts";
import { type CoreOptions, openCore } from "./core.ts";
import { readCoreAddress } from "./home/core-address.ts";

/**
 * The core without a window: it serves the page to browsers on this machine until SIGINT or
 * SIGTERM. When a core runs already on the data folder, that one is asked for a fresh link.
 */
export async function serve(options: CoreOptions): Promise<{ link: string; isOurs: boolean }> {
  try {
    const core = await openCore(options);
    let isClosing = false;
    const end = () => {
      if (isClosing) return;
      isClosing = true;
      void core.close().then(() => process.exit(0));
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
    return { link: core.issueLink(), isOurs: true };
  } catch (error) {
    if (!(error instanceof AppError) || error.details?.["isRunning"] !== true) throw error;
    return { link: await askForLink(options.homePath, error), isOurs: false };
  }
}

const linkReplySchema = z.object({ link: z.url().nullable() });

async function askForLink(homePath: string, conflict: AppError): Promise<string> {
  const address = readCoreAddress(homePath);
  if (address === null) throw conflict;
  let link: string | null;
  try {
    const reply = await fetch(`${address.url}/links`, {
      method: "POST",
      headers: { authorization: `Bearer ${address.secret}` },
    });
    ({ link } = linkReplySchema.parse(await reply.json()));
  } catch (error) {
    throw new AppError(
      "unavailable",
      `Another LoRA Desk holds ${homePath} (process ${address.pid}) but does not answer. End it and try again.`,
      { cause: error },
    );
  }
  if (link === null) {
    throw new AppError(
      "conflict",
      `A LoRA Desk command (process ${address.pid}) is using ${homePath}. Wait until it has ended.`,
    );
  }
  return link;
}
