import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newArtifact, newDataset, newJob, newPoint, type Row } from "./sample-rows.ts";
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
  dataset = newDataset();
  job = newJob(dataset.id);
  const answers = await push(
    project.owner.client,
    operation("insert", "datasets", dataset),
    operation("insert", "training_jobs", job),
  );
  if (answers.some(({ outcome }) => outcome !== "applied"))
    throw new Error(JSON.stringify(answers));
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

describe("conflicts", () => {
  test("the job's own machine reports progress, others ask for a state", async () => {
    const answers = await push(
      project.owner.client,
      operation("update", "training_jobs", { id: job.id, progress: 0.5 }, { workstation: "lab-1" }),
      operation(
        "update",
        "training_jobs",
        { id: job.id, desired_state: "stopped" },
        { workstation: "lab-2" },
      ),
    );
    expect(answers.map(({ outcome }) => outcome)).toEqual(["applied", "applied"]);
  });

  test("the later name wins; the author who did not know the earlier one is told of it", async () => {
    const [mine] = await push(
      project.owner.client,
      operation("update", "datasets", { id: dataset.id, name: "Mine" }),
    );
    const [informed] = await push(
      project.owner.client,
      operation(
        "update",
        "datasets",
        { id: dataset.id, name: "Next" },
        { base_version: mine!.version! },
      ),
    );
    const [unaware] = await push(
      project.owner.client,
      operation(
        "update",
        "datasets",
        { id: dataset.id, name: "Theirs", training_ready: false },
        { base_version: mine!.version! },
      ),
    );
    expect(informed).not.toHaveProperty("overwrote");
    expect(unaware?.overwrote).toEqual({ name: "Next" });
    expect(await storedName()).toBe("Theirs");
  });

  test("a delete wins over later changes, until somebody restores the row", async () => {
    const answers = await push(
      project.owner.client,
      operation("delete", "datasets", { id: dataset.id }),
      operation("update", "datasets", { id: dataset.id, name: "Late" }),
      operation("update", "datasets", { id: dataset.id, deleted_at: null }),
      operation("update", "datasets", { id: dataset.id, name: "Back" }),
      operation("delete", "training_jobs", { id: job.id }),
      operation("update", "training_jobs", { id: job.id, name: "Late" }),
      operation("insert", "training_jobs", job),
      operation("delete", "training_jobs", { id: job.id }),
    );
    expect(answers.map(({ outcome, reason }) => reason ?? outcome)).toEqual([
      "applied",
      "deleted",
      "applied",
      "applied",
      "applied",
      "deleted",
      "deleted",
      "duplicate",
    ]);
  });

  test("an insert of a row that is there, as after a restored backup, updates it", async () => {
    const again = operation("insert", "datasets", { ...dataset, name: "From the workstation" });
    expect(await push(project.owner.client, again)).toMatchObject([{ outcome: "applied" }]);
    expect(await storedName()).toBe("From the workstation");
  });

  test("a notification that was read stays read", async () => {
    const notice = { id: randomUUID(), type: "system", title: "Hello", message: "There" };
    const answers = await push(
      project.owner.client,
      operation("insert", "notifications", notice),
      operation("update", "notifications", { id: notice.id, read: true }),
      operation("update", "notifications", { id: notice.id, read: false }),
      operation("insert", "notifications", notice),
    );
    expect(answers.map(({ outcome, reason }) => reason ?? outcome)).toEqual([
      "applied",
      "applied",
      "not_permitted",
      "duplicate",
    ]);
  });
});

describe("push_metrics", () => {
  async function pushPoints(...points: Record<string, unknown>[]) {
    const { data, error } = await project.owner.client.rpc("push_metrics", { points });
    if (error !== null) throw error;
    return data;
  }
  async function storedPoints() {
    const { data } = await project.service
      .from("metrics_points")
      .select("step, training_loss, validation_loss")
      .eq("job_id", job.id)
      .order("step");
    return data;
  }

  test("stores points once, however often they come", async () => {
    const points = Array.from({ length: 2500 }, (_, step) => newPoint(job.id, step));
    const applied = [{ job_id: job.id, outcome: "applied", points: 2500 }];
    expect(await pushPoints(...points)).toEqual(applied);
    expect(await pushPoints(...points)).toEqual(applied);
    const { count } = await project.service
      .from("metrics_points")
      .select("id", { count: "exact", head: true })
      .eq("job_id", job.id);
    expect(count).toBe(2500);
  });

  test("a step taken again replaces the earlier one, a late delivery does not", async () => {
    const early = newPoint(job.id, 5);
    const late = { ...early, training_loss: 0.1, recorded_at: "2026-03-01T11:00:00.000Z" };
    await pushPoints({ ...early, validation_loss: 0.9 });
    await pushPoints(late, early);
    expect(await storedPoints()).toEqual([{ step: 5, training_loss: 0.1, validation_loss: 0.9 }]);
    await pushPoints(early);
    expect(await storedPoints()).toEqual([{ step: 5, training_loss: 0.1, validation_loss: 0.9 }]);
  });

  test("a job that is not there, or not one's own, is named; the others are stored", async () => {
    const missing = randomUUID();
    const answers = await pushPoints(newPoint(missing, 1), newPoint(job.id, 1), {
      ...newPoint(job.id, 2),
      epoch: null,
      job_id: job.id,
    });
    const byJob = Object.fromEntries(
      answers.map((answer: { job_id: string }) => [answer.job_id, answer]),
    );
    expect(byJob[missing]).toMatchObject({ outcome: "rejected", reason: "missing_reference" });
    expect(byJob[job.id]).toMatchObject({
      outcome: "rejected",
      reason: "constraint",
      sqlstate: "23502",
    });
    const { data } = await project.other.client.rpc("push_metrics", {
      points: [newPoint(job.id, 9)],
    });
    expect(data).toMatchObject([{ outcome: "rejected", reason: "missing_reference" }]);
    expect(await storedPoints()).toEqual([]);
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
