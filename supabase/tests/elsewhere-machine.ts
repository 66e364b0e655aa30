import { openStore, type Store } from "../../electron/store/open-store.ts";
import { MirrorStore } from "../../electron/sync/mirror-store.ts";
import { type Elsewhere, openElsewhere } from "../../electron/sync/open-elsewhere.ts";
import { enableSync } from "../../electron/sync/outbox-adoption.ts";
import type { TeamSession } from "../../electron/sync/team-session.ts";
import { openTeams, type Teams } from "../../electron/teams/open-teams.ts";
import { pullAll } from "./sync-calls.ts";
import type { TeamProject } from "./team-project.ts";
import type { NewUser } from "./team-sharing.ts";

/** A machine of a user that has nothing of its own. */
export interface Machine {
  store: Store;
  elsewhere: Elsewhere;
  teams: Teams;
  /** Resolves when the window would be told to ask again. */
  told: () => Promise<void>;
  rounds: () => number;
  close(): Promise<void>;
}

export function sessionOf(
  project: TeamProject,
  user: NewUser,
  refused: string[] = [],
): TeamSession {
  return {
    projectUrl: project.stack.apiUrl,
    anonKey: project.stack.publishableKey,
    userId: user.id,
    accessToken: async (_, old) => {
      if (old !== undefined) refused.push(old);
      return user.accessToken;
    },
  };
}

/** With the account's feed as it is now. */
export async function openMachine(
  project: TeamProject,
  user: NewUser,
  options: { session?: TeamSession; fetch?: typeof fetch } = {},
): Promise<Machine> {
  const store = openStore({ path: ":memory:", log: () => undefined });
  const session = options.session ?? sessionOf(project, user);
  enableSync(store, { userId: user.id, projectUrl: session.projectUrl });
  const mirror = new MirrorStore(store);
  const { changes } = await pullAll(user.client);
  for (const change of changes) mirror.put(change as Parameters<MirrorStore["put"]>[0]);
  let tell: () => void = () => undefined;
  let rounds = 0;
  const shared = { session, fetch: options.fetch ?? fetch };
  const elsewhere = openElsewhere({
    ...shared,
    store,
    publish: () => tell(),
    watch: () => () => undefined,
    now: () => new Date(),
    createId: () => crypto.randomUUID(),
    log: () => undefined,
    syncNow: () => (rounds += 1),
    timings: { everyMs: 60_000, atMostEveryMs: 0 },
  });
  const teams = openTeams({ ...shared, onMembershipChanged: () => elsewhere.sharedChanged() });
  return {
    store,
    elsewhere,
    teams,
    told: () => new Promise((resolve) => (tell = resolve)),
    rounds: () => rounds,
    close: async () => {
      teams.close();
      await elsewhere.close();
      store.close();
    },
  };
}
