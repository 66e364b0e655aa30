import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { inColumns } from "../../electron/sync/metrics-columns.ts";
import type { CurvePoint } from "../../electron/sync/team-server.ts";
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

function curve(jobId: string, steps: number): CurvePoint[] {
  return Array.from({ length: steps }, (_, step) => ({
    job_id: jobId,
    step,
    epoch: step / 7,
    training_loss: step % 5 === 0 ? null : 2 / (step + 1),
    validation_loss: step % 100 === 0 ? 1e-9 * step : null,
    learning_rate: 1e-4,
    gradient_norm: 123_456.789,
    system_metrics:
      step % 3 === 0
        ? null
        : { tokens: 4096, tokens_per_second: step / 9, step_ms: null, memory_mb: 1e21 },
    recorded_at: new Date(Date.UTC(2026, 2, 1) + step * 451).toISOString(),
  }));
}

test("columns of a curve are stored as its points are, one by one", async () => {
  const { job: other } = await pushNewJob(project.owner.client);
  const points = curve(job.id, 300);
  await pushPoints(...points);
  const copies = points.map((point) => ({ ...point, job_id: other.id }));
  const [columns, ...more] = inColumns(copies);
  expect(more).toEqual([]);
  const answers = await pushPoints(columns as Record<string, unknown>);
  expect(answers).toEqual([{ job_id: other.id, outcome: "applied", points: 300 }]);
  const { rows } = await project.database.query(
    `select count(*)::int as same from public.metrics_points a join public.metrics_points b
       on (a.step, a.recorded_at) = (b.step, b.recorded_at)
       and (a.epoch, a.training_loss, a.validation_loss, a.learning_rate, a.gradient_norm,
         a.system_metrics) is not distinct from (b.epoch, b.training_loss, b.validation_loss,
         b.learning_rate, b.gradient_norm, b.system_metrics)
     where a.job_id = $1 and b.job_id = $2`,
    [job.id, other.id],
  );
  expect(rows).toEqual([{ same: 300 }]);
});

test("columns that do not fit together, or are too long, are refused by name", async () => {
  const [given] = inColumns(curve(job.id, 4)) as [{ columns: Record<string, string> }];
  const { job: other } = await pushNewJob(project.owner.client);
  const sound = inColumns(curve(other.id, 4));
  const broken = [
    { step: "{1,2,3}" },
    { tokens: "{}" },
    { step: "{1,2,many,4}" },
    { step: `{${Array.from({ length: 5001 }, (_, step) => step).join(",")}}` },
  ];
  for (const columns of broken) {
    const bad = { ...given, columns: { ...given.columns, ...columns } };
    const answers = await pushPoints(bad, ...(sound as Record<string, unknown>[]));
    expect(answers).toHaveLength(2);
    expect(answers).toContainEqual(
      expect.objectContaining({ job_id: job.id, outcome: "rejected", reason: "invalid_value" }),
    );
    expect(answers).toContainEqual({ job_id: other.id, outcome: "applied", points: 4 });
  }
  expect(await storedPoints()).toEqual([]);
});
