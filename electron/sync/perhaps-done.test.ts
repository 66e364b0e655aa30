import { afterEach, expect, it } from "vitest";
import { openSyncBench, type SyncBench } from "./fixtures/open-sync-bench.ts";
import { addCost, addDataset, addJob, set } from "./fixtures/sync-bench.ts";
import { TinyProject } from "./fixtures/tiny-project.ts";
import { type FeedEntry, type Operation, ServerFault } from "./team-server.ts";

/** What becomes of each request with something in it; those after the last are answered. */
type Fate = "answered" | "silent" | "cut off" | "refused" | "overtaken";

const FAULTS = {
  silent: () => new ServerFault("unreachable", "ECONNRESET"),
  "cut off": () => new ServerFault("unreachable", "ECONNREFUSED", { isOfAll: true }),
  refused: () => new ServerFault("refused", "it answered 403", { status: 403 }),
};

const AT = "2026-03-02T00:00:00.000Z";
let bench: SyncBench;
afterEach(() => bench.close());

function begin(...fates: Fate[]) {
  const project = new TinyProject();
  const asked: Operation[] = [];
  /** What the feed brings in the next round. */
  const news: FeedEntry[] = [];
  bench = openSyncBench({
    server: {
      pushChanges: (operations) => {
        if (operations.length === 0) return Promise.resolve([]);
        asked.push(...operations);
        const fate = fates.shift() ?? "answered";
        const isDone = fate === "answered" || fate === "silent" || fate === "overtaken";
        const answers = isDone ? project.apply(operations) : [];
        if (fate === "answered") return Promise.resolve(answers);
        if (fate !== "overtaken") return Promise.reject(FAULTS[fate]());
        // A copy that comes late is done all the same, when what stood against it is gone.
        const no = { outcome: "rejected", reason: "constraint", message: "no" } as const;
        return Promise.resolve(operations.map(({ op_id: opId }) => ({ op_id: opId, ...no })));
      },
      pushMetrics: () => Promise.resolve([]),
      pullChanges: () =>
        Promise.resolve({
          epoch: "1",
          cursor: "1",
          changes: news.splice(0),
          has_more: false,
          needs_resync: false,
        }),
    },
  });
  return { project, asked, news };
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

it("takes the feed's word for it that something was done, whatever was answered", async () => {
  const { project, asked, news } = begin("overtaken");
  const id = addDataset(bench.store);
  await bench.round();
  expect(bench.sync.status().counts).toMatchObject({ attention: 1 });
  set(bench.store, "datasets", id, "description", "Mine");
  const row = { id, ...project.rows.get(`datasets ${id}`), name: "Theirs", updated_at: AT };
  project.rows.set(`datasets ${id}`, row);
  const about = { table: "datasets", row_id: id, action: "insert" } as const;
  news.push({
    version: 1,
    op_id: asked[0]?.op_id ?? "",
    previous: null,
    columns: [],
    row,
    ...about,
  });
  await bench.round();
  expect(asked.map(({ action, values }) => [action, Object.keys(values).length > 9])).toEqual([
    ["insert", true],
    ["insert", true],
    ["update", false],
  ]);
  expect(asked[1]?.op_id).toBe(asked[0]?.op_id);
  expect(project.rows.get(`datasets ${id}`)).toMatchObject({
    name: "Theirs",
    description: "Mine",
  });
});

/** A dataset whose insert was done without an answer, then refused; the feed has brought it between. */
async function quarantinedAndThere() {
  const { project, asked, news } = begin("silent", "refused");
  const id = addDataset(bench.store);
  await bench.round();
  const row = { id, ...project.rows.get(`datasets ${id}`), updated_at: AT };
  const about = { table: "datasets", row_id: id, action: "insert" } as const;
  const op = { op_id: asked[0]?.op_id ?? "", previous: null, columns: [] };
  news.push({ version: 1, row, ...op, ...about });
  await bench.nextRound();
  const [change] = await bench.sync.requests["sync.quarantine"]({}, "local");
  return { project, asked, id, row, opId: change?.opId ?? "" };
}

it("edits what is at the project already by a change of its own", async () => {
  const { project, asked, id, row, opId } = await quarantinedAndThere();
  // Somebody else has described it meanwhile.
  project.rows.set(`datasets ${id}`, { ...row, description: "Theirs" });
  await bench.sync.requests["sync.retry"]({ opId, values: { name: "Edited" } }, "local");
  await bench.round();
  expect(asked.at(-1)).toMatchObject({ action: "update", values: { name: "Edited" } });
  expect(project.rows.get(`datasets ${id}`)).toMatchObject({
    name: "Edited",
    description: "Theirs",
  });
});

it("calls nothing kept local that is at the project", async () => {
  const { opId } = await quarantinedAndThere();
  const discard = async () => bench.sync.requests["sync.discard"]({ opId }, "local");
  await expect(discard()).rejects.toThrow(/has it already.*Retry/);
  await bench.sync.requests["sync.retry"]({ opId }, "local");
  expect((await bench.round()).counts).toMatchObject({ synced: 1, keptLocal: 0, attention: 0 });
});

it("adds nothing to a cost that has lost its job meanwhile: costs are never changed", async () => {
  const { asked } = begin("answered", "silent", "refused");
  const job = addJob(bench.store, addDataset(bench.store));
  await bench.round();
  const cost = addCost(bench.store, job);
  for (let each = 0; each < 4 && bench.sync.status().counts.attention === 0; each += 1) {
    await bench.nextRound();
  }
  set(bench.store, "cost_records", cost, "job_id", null);
  await retryRefused();
  expect(asked.at(-1)).toMatchObject({ action: "insert", row_id: cost });
  expect(bench.sync.status().counts).toMatchObject({ synced: 3, attention: 0, waiting: 0 });
});
