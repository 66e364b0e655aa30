import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { CoreOptions } from "../core.ts";
import { printFailure } from "./output.ts";
import { reachCore, type ReachedCore } from "./reach-core.ts";

/** What every command gets: a core to ask, and how the user wants to be answered. */
export interface Session {
  core: ReachedCore;
  isJson: boolean;
  reach: () => Promise<ReachedCore>;
}

export type RunWithCore = (
  options: { json?: boolean },
  work: (session: Session) => Promise<void>,
) => Promise<void>;

/** Reaches a core for the time of one command; failures are printed and set the exit code. */
export function createRunner(coreOptions: CoreOptions): RunWithCore {
  return async (options, work) => {
    const isJson = options.json ?? false;
    const reach = () => reachCore(coreOptions);
    let session: Session | undefined;
    try {
      session = { core: await reach(), isJson, reach };
      await work(session);
    } catch (error) {
      printFailure(isJson, error);
    } finally {
      await session?.core.close();
    }
  };
}

/**
 * Does work that may be begun again. When the core that was asked goes away in the middle of it,
 * another is reached and the work is begun anew there.
 */
export async function onAnyCore<T>(
  session: Session,
  work: (client: CoreClient) => Promise<T>,
): Promise<T> {
  for (;;) {
    const { client } = session.core;
    let isLost = false;
    void client.closed?.then(() => (isLost = true));
    try {
      return await work(client);
    } catch (error) {
      if (!isLost || !(error instanceof AppError) || error.kind !== "unavailable") throw error;
    }
    session.core = await session.reach();
  }
}
