import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { SyncStatus } from "../../shared/contract/sync.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { MetricsPushStore } from "./metrics-push-store.ts";
import { enableSync } from "./outbox-adoption.ts";
import { SyncLoop } from "./sync-loop.ts";

const ACCOUNT = { userId: "00000000-0000-4000-8000-000000000001", projectUrl: "http://p.example" };

/** Counts of changes cannot be read while `isBroken`. */
function brittle(store: Store, isBroken: () => boolean): Store {
  return {
    ...store,
    prepare: (sql) => {
      if (isBroken() && sql.includes("total_changes")) throw new Error("disk I/O error");
      return store.prepare(sql);
    },
    transaction: (work) => store.transaction(work),
  };
}

test("a store that fails for a while is told of, and the rounds go on after it", async () => {
  const store = openStore({ path: ":memory:", log: () => undefined });
  enableSync(store, ACCOUNT);
  let isBroken = false;
  let rounds = 0;
  let seconds = 0;
  const states: SyncStatus["state"][] = [];
  const wentOn = Promise.withResolvers<void>();
  const loop = new SyncLoop({
    store: brittle(store, () => isBroken),
    metrics: new MetricsPushStore(store),
    hasWaiting: () => false,
    now: () => new Date(0),
    random: () => 0,
    // Each second passes at once; the store fails during the third and the fourth.
    sleep: async () => {
      await setImmediate();
      seconds += 1;
      isBroken = seconds === 3 || seconds === 4;
    },
    log: () => undefined,
    round: async () => {
      rounds += 1;
      if (rounds === 2) wentOn.resolve();
      await Promise.resolve();
    },
    onStatus: ({ state }) => states.push(state),
  });
  loop.start();
  await wentOn.promise;
  await loop.close();
  store.close();
  expect(states).toContain("waiting");
  expect(states.at(-1)).not.toBe("waiting");
});
