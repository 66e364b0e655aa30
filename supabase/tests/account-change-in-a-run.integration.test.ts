import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Core } from "../../electron/core.ts";
import { until } from "../../electron/quickstart/until.ts";
import { importTask, makeTinyTask } from "../../scripts/torture/tiny-task.ts";
import type { Job, JobOf } from "../../shared/contract/jobs.ts";
import { ScratchDesk } from "./core-with-accounts.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";

const python = process.env["LORA_DESK_PYTHON"] ?? "";
const STEPS = 100;
let project: TeamProject;
let desk: ScratchDesk;
let core: Core;

beforeAll(async () => {
  desk = new ScratchDesk();
  project = await openTeamProject();
  core = await desk.open({ python });
});
afterAll(async () => {
  await desk.close();
  await project.close();
});

function jobThat(id: string, isWanted: (job: Job) => boolean): Promise<Job> {
  return until<"jobs.changed", Job>(core.client, "jobs.changed", undefined, {
    start: () => core.client.request("jobs.get", { id }),
    settle: (job) => (job.id === id && isWanted(job) ? job : undefined),
  });
}

test("a run goes on while accounts change, and is found again in the file that it is in", async () => {
  const task = await makeTinyTask(python, join(desk.home, "task"));
  const input = await importTask(core.client, task, STEPS);
  const { id } = await core.client.request("jobs.create", input);
  await jobThat(id, ({ progress }) => (progress?.step ?? 0) > 0);

  const { activeId } = await core.client.request("accounts.signIn", {
    url: project.stack.apiUrl,
    anonKey: project.stack.publishableKey,
    email: "owner@example.org",
    password: "a long password",
    adoptLocal: true,
  });
  // The dataset and the run came along, and the run was not disturbed.
  const { status, attempt } = (await core.client.request("jobs.get", { id })) as JobOf<"running">;
  expect([attempt, ["running", "completed"].includes(status)]).toEqual([1, true]);
  await core.client.request("accounts.use", { id: null });
  expect(await core.client.request("jobs.list", {})).toEqual([]);

  await core.client.request("accounts.use", { id: activeId });
  const job = await jobThat(id, ({ status }) => ["completed", "failed"].includes(status));
  expect(job).toMatchObject({ status: "completed", attempt: 1 });
  const { points } = await core.client.request("jobs.metrics", { id, pixels: 10_000 });
  const steps = points.filter(({ trainingLoss }) => trainingLoss !== null).map(({ step }) => step);
  expect(steps).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1));
});
