import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { SyncStatus } from "../../shared/contract/sync.ts";

/** Begins a round and waits until none is under way. */
export async function syncNow(client: CoreClient): Promise<SyncStatus> {
  const ended = Promise.withResolvers<SyncStatus>();
  let hasBegun = false;
  const unsubscribe = client.subscribe("sync.changed", (status) => {
    if (status.state === "syncing") hasBegun = true;
    else if (hasBegun) ended.resolve(status);
  });
  void client.closed?.then(() =>
    ended.reject(new AppError("unavailable", "LoRA Desk went away. Ask again.")),
  );
  try {
    await client.request("sync.now", {});
    const status = await client.request("sync.status", {});
    // Paused, or signed out: no round begins.
    if (["off", "paused", "signed_out"].includes(status.state)) return status;
    return await ended.promise;
  } finally {
    unsubscribe();
  }
}
