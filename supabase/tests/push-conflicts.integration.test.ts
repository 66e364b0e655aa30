import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Row } from "./sample-rows.ts";
import { pushNewJob } from "./push-new-job.ts";
import { operation, push } from "./sync-calls.ts";
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
    operation("insert", "datasets", { ...dataset, deleted_at: null }),
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

async function storedName(): Promise<unknown> {
  const { data } = await project.service
    .from("datasets")
    .select("name")
    .eq("id", dataset.id)
    .single();
  return data?.name;
}
