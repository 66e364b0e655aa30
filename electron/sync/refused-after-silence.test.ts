import { afterEach, expect, it } from "vitest";
import { openSyncBench, type SyncBench } from "./fixtures/open-sync-bench.ts";
import { addDataset, set } from "./fixtures/sync-bench.ts";
import { TinyProject } from "./fixtures/tiny-project.ts";
import { type Operation, ServerFault } from "./team-server.ts";

/** What becomes of each request with something in it; those after the last are answered. */
type Fate = "answered" | "silent" | "cut off" | "refused";

const FAULTS = {
  silent: () => new ServerFault("unreachable", "ECONNRESET"),
  "cut off": () => new ServerFault("unreachable", "ECONNREFUSED", { isOfAll: true }),
  refused: () => new ServerFault("refused", "it answered 403", { status: 403 }),
};

let bench: SyncBench;
afterEach(() => bench.close());

function begin(...fates: Fate[]): { project: TinyProject; asked: Operation[] } {
  const project = new TinyProject();
  const asked: Operation[] = [];
  bench = openSyncBench({
    server: {
      pushChanges: (operations) => {
        if (operations.length === 0) return Promise.resolve([]);
        asked.push(...operations);
        const fate = fates.shift() ?? "answered";
        const answers =
          fate === "answered" || fate === "silent" ? project.apply(operations) : undefined;
        return fate === "answered"
          ? Promise.resolve(answers ?? [])
          : Promise.reject(FAULTS[fate]());
      },
      pushMetrics: () => Promise.resolve([]),
      pullChanges: () =>
        Promise.resolve({
          epoch: "1",
          cursor: "1",
          changes: [],
          has_more: false,
          needs_resync: false,
        }),
    },
  });
  return { project, asked };
}

async function retryRefused(): Promise<void> {
  const [change] = await bench.sync.requests["sync.quarantine"]({}, "local");
  expect(change).toMatchObject({ reason: "refused" });
  await bench.sync.requests["sync.retry"]({ opId: change?.opId ?? "" }, "local");
  await bench.round();
}

it("sends what was refused after a silence as it was: it may have been done", async () => {
  const { project, asked } = begin("silent", "refused");
  const id = addDataset(bench.store);
  await bench.round();
  await bench.nextRound();
  expect(bench.sync.status().counts).toMatchObject({ attention: 1 });
  // Somebody else has given it a name meanwhile, which the insert must not take back.
  project.rows.set(`datasets ${id}`, { ...project.rows.get(`datasets ${id}`), name: "Theirs" });
  set(bench.store, "datasets", id, "description", "Mine");
  await retryRefused();
  expect(new Set(asked.slice(0, 3).map(({ op_id: opId }) => opId)).size).toBe(1);
  expect(project.rows.get(`datasets ${id}`)).toMatchObject({ name: "Theirs", description: "Mine" });
  expect(bench.sync.status().counts).toMatchObject({ attention: 0, waiting: 0 });
});

it("sends what was refused and never anything else as the row is now", async () => {
  const { project, asked } = begin("cut off", "refused", "refused");
  const id = addDataset(bench.store);
  await bench.round();
  await bench.nextRound();
  set(bench.store, "datasets", id, "description", "Smaller");
  await retryRefused();
  await retryRefused();
  expect(asked.at(-1)?.values).toMatchObject({ description: "Smaller" });
  expect(project.rows.get(`datasets ${id}`)).toMatchObject({ description: "Smaller" });
});
