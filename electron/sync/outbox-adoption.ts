import { AppError } from "../../shared/app-error.ts";
import type { Store } from "../store/open-store.ts";
import { MetricsPushStore } from "./metrics-push-store.ts";
import { OutboxStore } from "./outbox-store.ts";
import { SyncAccountStore } from "./sync-account-store.ts";

/**
 * Makes a file the account's: from now on its changes are kept for the server, and all that is in
 * it already is put in the outbox. Does nothing where the file is this account's already.
 *
 * @throws AppError `conflict` when the file belongs to another user or project.
 */
export function enableSync(
  store: Store,
  { userId, projectUrl }: { userId: string; projectUrl: string },
): void {
  const accounts = new SyncAccountStore(store);
  store.transaction(() => {
    const present = accounts.get();
    if (present !== null) {
      if (present.userId === userId && present.projectUrl === projectUrl) return;
      throw new AppError(
        "conflict",
        "This database belongs to another account, so nothing of it is sent. Switch to that account, or sign in as its user.",
      );
    }
    accounts.create(userId, projectUrl);
    new OutboxStore(store).addAllRows();
    new MetricsPushStore(store).addAll();
  });
}
