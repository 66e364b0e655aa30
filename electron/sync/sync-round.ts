import { AppError } from "../../shared/app-error.ts";
import type { Store } from "../store/open-store.ts";
import { followDesiredStates, type DesiredStateDeps } from "./merge-desired-state.ts";
import { pushMetrics, type MetricsPushDeps } from "./metrics-push.ts";
import { pullAll, type PullDeps } from "./pull-round.ts";
import { pushAll, type PushDeps } from "./push-round.ts";
import { SyncAccountStore } from "./sync-account-store.ts";
import type { TeamSession } from "./team-session.ts";

export type RoundDeps = PullDeps &
  PushDeps &
  MetricsPushDeps &
  DesiredStateDeps & {
    store: Store;
    session: Pick<TeamSession, "userId" | "projectUrl">;
    mayGoOn: () => boolean;
  };

/**
 * One round: what others did, what was done here, and what came of that. The feed comes first, so
 * that a project which was restored is known before anything is sent there.
 */
export async function syncRound(deps: RoundDeps, signal: AbortSignal): Promise<void> {
  refuseOtherUser(deps);
  await pullAll(deps, signal);
  await followDesiredStates(deps);
  const hasSent = await pushAll(deps, signal);
  await pushMetrics(deps, signal);
  if (!hasSent) return;
  await pullAll(deps, signal);
  await followDesiredStates(deps);
}

/** Before every round: the file's user and project are the session's, or nothing is sent. */
function refuseOtherUser({ store, session }: RoundDeps): void {
  const account = new SyncAccountStore(store).get();
  if (account?.userId === session.userId && account.projectUrl === session.projectUrl) return;
  throw new AppError(
    "forbidden",
    "The open database belongs to another account than the one signed in, so nothing is sent. Switch accounts, or sign in as its user.",
  );
}
