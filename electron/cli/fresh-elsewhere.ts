import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import type { Elsewhere } from "../../shared/contract/elsewhere.ts";
import { syncNow } from "./sync-now.ts";

/**
 * What is elsewhere, as the project has it now; where it cannot be asked, as it was known last, with
 * the reason.
 *
 * @throws AppError `conflict` where no account is open.
 */
export async function freshElsewhere(
  client: CoreClient,
): Promise<{ elsewhere: Elsewhere; failure: Failure | null }> {
  let failure: Failure | null = null;
  try {
    await client.request("elsewhere.refresh", {});
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === "conflict") throw error;
    failure = error.toFailure();
  }
  const { state, lastError } = failure === null ? await syncNow(client) : notAsked;
  if (state !== "idle") failure ??= lastError;
  return { elsewhere: await client.request("elsewhere.list", {}), failure };
}

const notAsked = { state: "idle", lastError: null } as const;
