import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pushNewJob } from "./push-new-job.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";

/*
 * Requests that no LoRA Desk sends: whatever is in them, the project answers in words or refuses,
 * fails at nothing, and changes nothing of anybody else's.
 */
let project: TeamProject;
let theirs: { dataset: { id: string }; job: { id: string } };
let own: { dataset: { id: string }; job: { id: string } };
beforeAll(async () => {
  project = await openTeamProject();
  theirs = await pushNewJob(project.other.client);
  own = await pushNewJob(project.owner.client);
});
afterAll(() => project?.close());

const TABLES = [
  "datasets",
  "training_jobs",
  "model_artifacts",
  "cost_records",
  "notifications",
  "metrics_points",
  "sync_changes",
  'datasets"; drop table public.datasets; --',
];
const id = () =>
  fc.oneof(
    fc
      .constantFrom(0, 1, 2, 3)
      .map((which) => [own, theirs][which % 2]?.[which < 2 ? "job" : "dataset"].id),
    fc.uuid(),
  );
const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom("NaN", "infinity", "{1,2}", "{{1},{2}}", "[0:1]={1,2}", "-1", "1e400", "'); --"),
);
const column = fc.constantFrom(
  "id",
  "user_id",
  "name",
  "job_id",
  "dataset_id",
  "artifact_id",
  "deleted_at",
  "status",
  "amount",
  "workstation",
  "read",
  "storage_path",
  "nothing",
);
const either = <T>(good: fc.Arbitrary<T>) => fc.oneof({ weight: 4, arbitrary: good }, junk);
const change = either(
  fc.record(
    {
      op_id: either(fc.uuid()),
      table: either(fc.constantFrom(...TABLES)),
      row_id: either(id()),
      action: either(fc.constantFrom("insert", "update", "delete")),
      values: either(fc.dictionary(column, fc.oneof(junk, id()), { maxKeys: 4 })),
      base_version: either(fc.nat()),
      workstation: either(fc.constant("lab-1")),
    },
    { requiredKeys: [] },
  ),
);
const list = fc.oneof(
  fc.array(fc.oneof(fc.integer(), fc.double(), fc.constant(null)), { maxLength: 3 }),
  fc.constantFrom(
    "{1,2}",
    "{NaN,Infinity}",
    "{{1,2},{3,4}}",
    "{NULL}",
    "{2026-01-01T00:00:00Z}",
    "{1,2",
  ),
  junk,
);
const point = either(
  fc.record(
    {
      job_id: either(id()),
      id: fc.uuid(),
      step: either(fc.integer()),
      training_loss: either(fc.double()),
      recorded_at: either(fc.constant("2026-01-01T00:00:00Z")),
      columns: fc.dictionary(
        fc.constantFrom("step", "epoch", "training_loss", "recorded_at", "tokens"),
        list,
      ),
    },
    { requiredKeys: [] },
  ),
);

/** Of another user, as they were and nobody's but theirs. */
async function othersRows() {
  const { rows } = await project.database.query(
    `select (select jsonb_agg(d order by id) from public.datasets d where user_id = $1) as datasets,
       (select jsonb_agg(j order by id) from public.training_jobs j where user_id = $1) as jobs,
       (select count(*) from public.sync_changes where user_id = $1) as feed,
       (select count(*) from public.metrics_points where job_id = $2) as points,
       (select count(*) from public.model_artifacts where job_id = $2 or dataset_id = $3) as artifacts`,
    [project.other.id, theirs.job.id, theirs.dataset.id],
  );
  return rows[0];
}

test("whatever is pushed is answered for, and nothing of others changes", async () => {
  const before = await othersRows();
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 5 }),
      fc.array(point, { maxLength: 3 }),
      async (changes, points) => {
        const pushed = await project.owner.client.rpc("push_changes", { changes });
        expect(pushed.status).toBeLessThan(500);
        answered += pushed.error === null ? 1 : 0;
        expect(pushed.data ?? changes).toHaveLength(changes.length);
        const stored = await project.owner.client.rpc("push_metrics", { points });
        expect(stored.status).toBeLessThan(500);
      },
    ),
    {
      numRuns: 150,
      examples: [
        [
          [{ op_id: randomUUID(), table: "datasets", row_id: theirs.dataset.id, action: "delete" }],
          [],
        ],
      ],
    },
  );
  expect(answered).toBeGreaterThan(50);
  expect(await othersRows()).toEqual(before);
  // And what is in the project now can be read by its user.
  const page = await project.owner.client.rpc("pull_changes", { since: null, page_size: 1000 });
  expect(page.error).toBeNull();
});
