import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { SyncStatus } from "../../shared/contract/sync.ts";
import type { Transfer } from "../../shared/contract/transfers.ts";
import { progressWords } from "./describe-transfer.ts";

export interface FollowTransfersOptions {
  isWanted: (transfer: Transfer) => boolean;
  show: (text: string) => void;
}

/** @throws AppError `conflict` where nothing would move however long one waits. */
export async function requireMoving(client: CoreClient): Promise<void> {
  const { state } = await client.request("sync.status", {});
  const reasons: Partial<Record<SyncStatus["state"], string>> = {
    off: "No account is open: `lora-desk login` signs in.",
    paused: "Syncing is paused, and files with it: `lora-desk sync resume` goes on.",
    signed_out: "The account is signed out: `lora-desk login` signs in again.",
  };
  const reason = reasons[state];
  if (reason !== undefined) throw new AppError("conflict", reason);
}

/**
 * Waits until all that are wanted are done or paused. An adapter's files come after the list of
 * them, which is done last.
 *
 * @param begun - The transfers as they were when they were asked for.
 * @throws AppError what one has failed of; `cancelled` when one is cancelled meanwhile.
 */
export function followTransfers(
  client: CoreClient,
  begun: readonly Transfer[],
  { isWanted, show }: FollowTransfersOptions,
): Promise<Transfer[]> {
  return new Promise((resolve, reject) => {
    const known = new Map<string, Transfer>();
    const heard = new Set<string>();
    let isListed = false;
    const end = (settle: () => void) => {
      for (const unsubscribe of subscriptions) unsubscribe();
      settle();
    };
    const look = () => {
      const all = [...known.values()];
      const failed = all.find(({ state }) => state === "failed");
      const failure = failed?.error;
      if (failure) return end(() => reject(AppError.fromFailure(failure)));
      show(progressWords(all));
      if (all.every(({ state }) => state === "done" || state === "paused")) {
        end(() => resolve(all));
      }
    };
    const take = (transfer: Transfer) => {
      if (isWanted(transfer)) known.set(transfer.id, transfer);
    };
    const subscriptions = [
      client.subscribe("transfers.changed", (transfer) => {
        heard.add(transfer.id);
        take(transfer);
        if (isListed) look();
      }),
      client.subscribe("transfers.removed", ({ id }) => {
        if (!known.delete(id)) return;
        const message =
          "The transfer was cancelled, or began anew. `lora-desk transfers` lists them.";
        end(() => reject(new AppError("cancelled", message)));
      }),
    ];
    void client.closed?.then(() => {
      const message = "LoRA Desk ended before this was done. Ask again: it goes on from there.";
      end(() => reject(new AppError("unavailable", message)));
    });
    for (const transfer of begun) take(transfer);
    // What changed between the question and the listening is in the list.
    client.request("transfers.list", {}).then(
      (all) => {
        for (const transfer of all) if (!heard.has(transfer.id)) take(transfer);
        isListed = true;
        look();
      },
      (error: unknown) =>
        end(() => reject(error instanceof Error ? error : new Error(String(error)))),
    );
  });
}
