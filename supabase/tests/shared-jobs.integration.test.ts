import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newPoint } from "./sample-rows.ts";
import { operation, pullAll, push } from "./sync-calls.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import {
  call,
  createTeam,
  type NewUser,
  pushWholeJob,
  type WholeJob,
  setUpSharing,
} from "./team-sharing.ts";

const NOT_THERE = "PT404";
const DENIED = "42501";
const INVALID = "22023";

interface SharedPage {
  jobs: { id: string }[];
  datasets: { id: string }[];
  artifacts: { id: string }[];
  next: string | null;
}

let project: TeamProject;
let owner: NewUser;
let colleague: NewUser;
let stranger: NewUser;
let teamId: string;
let shared: WholeJob;
let kept: WholeJob;

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(async () => {
  await project?.close();
});
beforeEach(async () => {
  ({ owner, colleague, stranger, teamId, shared, kept } = await setUpSharing(project));
});

const share = (user: NewUser, jobId: string, team: string | null = teamId) =>
  call(user.client, "share_job", { job_id: jobId, team_id: team });
const pull = async (user: NewUser, values = {}) =>
  (await call(user.client, "pull_shared", values)) as SharedPage;

describe("pull_shared", () => {
  test("gives a colleague the job, its adapter, and its dataset without what quotes the file", async () => {
    await project.service
      .from("datasets")
      .update({ sample_data: ["secret"], validation_errors: ["secret"], storage_path: "secret" })
      .eq("id", shared.dataset.id);
    const page = await pull(colleague);
    expect(page).toMatchObject({
      jobs: [{ id: shared.job.id, user_id: owner.id, name: "First run" }],
      datasets: [{ id: shared.dataset.id, name: "Questions", storage_path: null }],
      artifacts: [{ id: shared.artifact.id, storage_path: shared.artifact["storage_path"] }],
      next: null,
    });
    expect(JSON.stringify(page)).not.toContain("secret");
  });

  test("gives nothing to its own user, to strangers, or to nobody", async () => {
    const nothing = { jobs: [], datasets: [], artifacts: [], next: null };
    expect(await pull(owner)).toEqual(nothing);
    expect(await pull(stranger)).toEqual(nothing);
    expect(await call(project.anon, "pull_shared")).toBe(DENIED);
  });

  test("gives pages that join without gap and without overlap", async () => {
    for (let count = 0; count < 4; count += 1) {
      await share(owner, (await pushWholeJob(owner)).job.id);
    }
    const ids: string[] = [];
    for (let after: string | null = null, isLast = false; !isLast;) {
      const page = await pull(colleague, { after, page_size: 2 });
      ids.push(...page.jobs.map(({ id }) => id));
      after = page.next;
      isLast = after === null;
    }
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(5);
  });

  test("no longer gives what is taken back, deleted or another's by now", async () => {
    await push(owner.client, operation("delete", "model_artifacts", { id: shared.artifact.id }));
    expect((await pull(colleague)).artifacts).toEqual([]);
    await share(owner, shared.job.id, null);
    expect((await pull(colleague)).jobs).toEqual([]);
    await share(owner, kept.job.id);
    await push(owner.client, operation("delete", "training_jobs", { id: kept.job.id }));
    expect((await pull(colleague)).jobs).toEqual([]);
  });
});

describe("sharing", () => {
  test("moves a job to another team; nobody shares what is not theirs, or with teams not theirs", async () => {
    const other = await createTeam(owner, stranger);
    expect(await share(owner, shared.job.id, other)).toBe(null);
    expect((await pull(colleague)).jobs).toEqual([]);
    expect((await pull(stranger)).jobs).toHaveLength(1);
    expect(await share(colleague, kept.job.id)).toBe(NOT_THERE);
    expect(await share(colleague, kept.job.id, null)).toBe(NOT_THERE);
    expect(await share(owner, crypto.randomUUID())).toBe(NOT_THERE);
    const { job } = await pushWholeJob(stranger);
    expect(await share(stranger, job.id)).toBe(NOT_THERE);
    expect((await pull(stranger)).jobs).toHaveLength(1);
  });

  test("opens no table: a colleague's own queries see nothing and change nothing", async () => {
    for (const table of ["datasets", "training_jobs", "model_artifacts", "metrics_points"]) {
      const column = table === "metrics_points" ? "job_id" : "id";
      const id = {
        datasets: shared.dataset.id,
        training_jobs: shared.job.id,
        model_artifacts: shared.artifact.id,
        metrics_points: shared.job.id,
      }[table];
      const { data } = await colleague.client.from(table).select().eq(column, id);
      expect([table, data]).toEqual([table, []]);
    }
    const [answer] = await push(
      colleague.client,
      operation("update", "training_jobs", { id: shared.job.id, name: "Mine" }),
    );
    expect(answer).toMatchObject({ outcome: "rejected" });
    const pushed = await colleague.client.rpc("push_metrics", {
      points: [newPoint(shared.job.id, 9)],
    });
    expect(pushed.data).toMatchObject([{ outcome: "rejected" }]);
  });
});

describe("shared_metrics", () => {
  const metrics = (user: NewUser, jobId = shared.job.id, more = {}) =>
    call(user.client, "shared_metrics", { job_id: jobId, ...more });

  test("gives a colleague the curve, by pages and by time", async () => {
    expect(await metrics(colleague)).toMatchObject({
      last_step: 2,
      points: [{ step: 0, training_loss: 2 }, { step: 1 }, { step: 2 }],
    });
    expect(await metrics(colleague, shared.job.id, { after_step: 0, page_size: 1 })).toMatchObject({
      last_step: 2,
      points: [{ step: 1 }],
    });
    const until = { after_step: 0, until_step: 1 };
    expect(await metrics(colleague, shared.job.id, until)).toMatchObject({ points: [{ step: 1 }] });
    const late = { recorded_from: "2026-03-02T00:00:00Z" };
    expect(await metrics(colleague, shared.job.id, late)).toMatchObject({ points: [] });
  });

  test("gives nothing of other jobs, and nothing to others", async () => {
    expect(await metrics(colleague, kept.job.id)).toBe(NOT_THERE);
    expect(await metrics(stranger)).toBe(NOT_THERE);
    const { error } = await project.anon.rpc("shared_metrics", { job_id: shared.job.id });
    expect(error?.code).toBe(DENIED);
  });

  test("gives at most 1000 points at once", async () => {
    const { job } = await pushWholeJob(owner, 1200);
    await share(owner, job.id);
    const values = { job_id: job.id, page_size: 100_000 };
    const page = (await call(colleague.client, "shared_metrics", values)) as { points: unknown[] };
    expect(page.points).toHaveLength(1000);
  });
});

describe("request_job_state", () => {
  const request = (user: NewUser, jobId: string, state: string | null) =>
    call(user.client, "request_job_state", { job_id: jobId, desired_state: state });
  const desired = async (jobId: string) => {
    const { data } = await project.service.from("training_jobs").select().eq("id", jobId).single();
    return data.desired_state;
  };

  test("a colleague asks for a stop, which reaches the owner's feed, and takes it back", async () => {
    const { cursor } = await pullAll(owner.client);
    expect(await request(colleague, shared.job.id, "stopped")).toBe(null);
    expect((await pullAll(owner.client, cursor)).changes).toMatchObject([
      {
        table: "training_jobs",
        row_id: shared.job.id,
        op_id: null,
        columns: ["desired_state"],
        row: { desired_state: "stopped" },
      },
    ]);
    expect(await request(colleague, shared.job.id, "running")).toBe(null);
    expect(await desired(shared.job.id)).toBe("running");
  });

  test("only its own user has a job go on that nobody asked to stop", async () => {
    expect(await request(colleague, shared.job.id, "running")).toBe(DENIED);
    expect(await desired(shared.job.id)).toBe(null);
    expect(await request(owner, shared.job.id, "running")).toBe(null);
    expect(await desired(shared.job.id)).toBe("running");
  });

  test("a colleague does not have a job go on that its own user has stopped", async () => {
    const stopped = operation(
      "update",
      "training_jobs",
      { id: shared.job.id, status: "stopped", desired_state: "stopped" },
      { workstation: "lab-1" },
    );
    await push(owner.client, stopped);
    for (const state of ["running", "stopped", "running"]) {
      expect(await request(colleague, shared.job.id, state)).not.toBe(null);
    }
    expect(await desired(shared.job.id)).toBe("stopped");
    expect(await request(owner, shared.job.id, "running")).toBe(null);
  });

  test("is refused for jobs that are not shared, have ended, or by others", async () => {
    expect(await request(colleague, kept.job.id, "stopped")).toBe(NOT_THERE);
    expect(await request(stranger, shared.job.id, "stopped")).toBe(NOT_THERE);
    for (const state of ["completed", null]) {
      expect(await request(colleague, shared.job.id, state)).toBe(INVALID);
    }
    const ended = operation(
      "update",
      "training_jobs",
      { id: shared.job.id, status: "completed" },
      { workstation: "lab-1" },
    );
    await push(owner.client, ended);
    expect(await request(colleague, shared.job.id, "stopped")).toBe(INVALID);
    expect([await desired(shared.job.id), await desired(kept.job.id)]).toEqual([null, null]);
  });
});
