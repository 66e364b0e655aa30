import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newArtifact, newDataset, newJob, type Row } from "./sample-rows.ts";
import { pushNewJob } from "./push-new-job.ts";
import { type Answer, operation, push } from "./sync-calls.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";

let project: TeamProject;
let dataset: Row;
let job: Row;

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(async () => {
  await project?.close();
});
beforeEach(async () => {
  ({ dataset, job } = await pushNewJob(project.owner.client));
});

test("a batch in the order of its references is stored under the caller's name", async () => {
  const artifact = newArtifact(job.id, dataset.id);
  const cost = {
    id: randomUUID(),
    job_id: job.id,
    cost_type: "energy",
    amount: 1.5,
    billing_period: "2026-03",
  };
  const notice = { id: randomUUID(), type: "system", title: "Hello", message: "There" };
  const answers = await push(
    project.owner.client,
    operation("insert", "model_artifacts", artifact),
    operation("update", "training_jobs", { id: job.id, artifact_id: artifact.id }),
    operation("insert", "cost_records", cost),
    operation("insert", "notifications", notice),
  );
  expect(answers.map(({ outcome }) => outcome)).toEqual(Array(4).fill("applied"));
  const { data } = await project.service.from("training_jobs").select().eq("id", job.id).single();
  expect(data).toMatchObject({ user_id: project.owner.id, artifact_id: artifact.id });
});

describe("exactly once", () => {
  test("an operation sent again is a duplicate and changes nothing", async () => {
    const rename = operation("update", "datasets", { id: dataset.id, name: "Second" });
    const [first] = await push(project.owner.client, rename);
    await push(
      project.owner.client,
      operation("update", "datasets", { id: dataset.id, name: "Third" }),
    );
    const [again] = await push(project.owner.client, rename);
    expect(first).toMatchObject({ op_id: rename.op_id, outcome: "applied" });
    expect(again).toEqual({ op_id: rename.op_id, outcome: "duplicate", version: first?.version });
    expect(await storedName()).toBe("Third");
  });

  test("of many that arrive at once one is applied", async () => {
    const insert = operation("insert", "datasets", newDataset());
    const rename = operation("update", "datasets", { id: dataset.id, name: "Once" });
    for (const change of [insert, rename]) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => push(project.owner.client, change)),
      );
      const outcomes = answers.flat().map(({ outcome }) => outcome);
      expect(outcomes.toSorted()).toEqual(["applied", ...Array(7).fill("duplicate")]);
      const { data } = await project.service
        .from("sync_changes")
        .select("id")
        .eq("op_id", change.op_id);
      expect(data).toHaveLength(1);
    }
  });

  test("a batch that fails on the way leaves nothing, and may be sent again", async () => {
    const insert = operation("insert", "datasets", newDataset());
    const tooMany = Array.from({ length: 501 }, () => insert);
    await expect(push(project.owner.client, ...tooMany)).rejects.toMatchObject({ code: "22023" });
    expect(await push(project.owner.client, insert)).toMatchObject([{ outcome: "applied" }]);
  });

  test("two users may have operations with the same id", async () => {
    const insert = operation("insert", "datasets", newDataset());
    const others = { ...operation("insert", "datasets", newDataset()), op_id: insert.op_id };
    expect(await push(project.owner.client, insert)).toMatchObject([{ outcome: "applied" }]);
    expect(await push(project.other.client, others)).toMatchObject([{ outcome: "applied" }]);
  });
});

describe("a rejected operation is named with its reason, and the next ones go on", () => {
  const cases: [string, () => Parameters<typeof push>[1], Partial<Answer>][] = [
    [
      "no such table",
      () => operation("insert", "users", newDataset()),
      { reason: "unknown_table" },
    ],
    [
      "no such column",
      () => operation("update", "datasets", { id: dataset.id, colour: "red" }),
      { reason: "unknown_column", message: expect.stringContaining("colour") },
    ],
    [
      "no such row",
      () => operation("update", "datasets", { id: randomUUID(), name: "x" }),
      { reason: "not_found" },
    ],
    [
      "a status that does not exist",
      () => operation("insert", "datasets", { ...newDataset(), status: "shiny" }),
      { reason: "constraint", sqlstate: "23514" },
    ],
    [
      "a value that is missing",
      () => operation("insert", "datasets", { id: randomUUID(), name: "x" }),
      { reason: "constraint", sqlstate: "23502" },
    ],
    [
      "a value of the wrong kind",
      () => operation("update", "datasets", { id: dataset.id, file_size_bytes: "large" }),
      { reason: "invalid_value", sqlstate: "22P02" },
    ],
    [
      "an op_id that is none",
      () => ({ ...operation("insert", "datasets", newDataset()), op_id: "first" }),
      { reason: "invalid_value" },
    ],
    [
      "a dataset that is not there",
      () => operation("insert", "training_jobs", newJob(randomUUID())),
      { reason: "missing_reference" },
    ],
    [
      "another user's name",
      () => operation("insert", "datasets", { ...newDataset(), user_id: project.other.id }),
      { reason: "other_user" },
    ],
    [
      "a cost that is to change",
      () => operation("update", "cost_records", { id: randomUUID(), amount: 1 }),
      { reason: "append_only" },
    ],
    [
      "a job's progress from another machine",
      () =>
        operation("update", "training_jobs", { id: job.id, progress: 1 }, { workstation: "lab-2" }),
      { reason: "other_workstation", message: expect.stringContaining("lab-1") },
    ],
  ];

  test.each(cases)("%s", async (_, make, expected) => {
    const change = make();
    const next = operation("insert", "datasets", newDataset());
    const [answer, nextAnswer] = await push(project.owner.client, change, next);
    expect(answer).toMatchObject({ op_id: change.op_id, outcome: "rejected", ...expected });
    expect(answer?.message).not.toBe("");
    expect(nextAnswer).toMatchObject({ outcome: "applied" });
    // Not remembered: once its cause is mended, it may come again.
    const { rows } = await project.database.query(
      "select from public.sync_changes where op_id::text = $1",
      [change.op_id],
    );
    expect(rows).toEqual([]);
  });

  test("a row of somebody else", async () => {
    const answers = await push(
      project.other.client,
      operation("update", "datasets", { id: dataset.id, name: "Mine" }),
      operation("delete", "datasets", { id: dataset.id }),
      operation("insert", "datasets", { ...newDataset(), id: dataset.id }),
      operation("delete", "training_jobs", { id: job.id }),
    );
    expect(answers.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
      "rejected: not_found",
      "rejected: not_found",
      "rejected: not_permitted",
      "rejected: not_found",
    ]);
    expect(await storedName()).toBe(dataset["name"]);
  });
});

test.each(["push_changes", "push_metrics", "pull_changes"])(
  "%s is closed to anon and to the service role",
  async (name) => {
    const parameters = { push_changes: { changes: [] }, push_metrics: { points: [] } }[name] ?? {};
    for (const client of [project.anon, project.service]) {
      const { error } = await client.rpc(name, parameters);
      expect(error?.code).toBe("42501");
    }
  },
);

async function storedName(): Promise<unknown> {
  const { data } = await project.service
    .from("datasets")
    .select("name")
    .eq("id", dataset.id)
    .single();
  return data?.name;
}
