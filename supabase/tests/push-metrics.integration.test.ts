import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newPoint, type Row } from "./sample-rows.ts";
import { pushNewJob } from "./push-new-job.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";

let project: TeamProject;
let job: Row;

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(async () => {
  await project?.close();
});
beforeEach(async () => {
  ({ job } = await pushNewJob(project.owner.client));
});

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
