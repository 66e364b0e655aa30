import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { OutboxStore } from "../../electron/sync/outbox-store.ts";
import { type Machine, openMachine, sessionOf } from "./elsewhere-machine.ts";
import { newPoint } from "./sample-rows.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { call, createTeam, newUser, type NewUser, pushWholeJob } from "./team-sharing.ts";

let project: TeamProject;
let owner: NewUser;
let colleague: NewUser;
let machine: Machine;

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(async () => {
  await project?.close();
});
beforeEach(async () => {
  [owner, colleague] = await Promise.all([newUser(project), newUser(project)]);
  return async () => {
    await machine?.close();
  };
});

const list = async () => machine.elsewhere.requests["elsewhere.list"]({}, "local");
const metrics = (jobId: string, pixels = 100) =>
  machine.elsewhere.requests["elsewhere.metrics"]({ jobId, pixels }, "local");
const wish = (jobId: string, desiredState: "running" | "stopped") =>
  machine.elsewhere.requests["elsewhere.setDesiredState"]({ jobId, desiredState }, "local");

/** Lists until what others share has come. */
async function listShared() {
  const told = machine.told();
  await list();
  await told;
  return list();
}

/** @param clockBackMs - By how much the clock of the machine that trains was set back. */
async function pushPoints(
  user: NewUser,
  jobId: string,
  from: number,
  to: number,
  clockBackMs = 0,
): Promise<void> {
  for (let at = from; at < to; at += 5000) {
    const points = Array.from({ length: Math.min(5000, to - at) }, (_, index) => ({
      ...newPoint(jobId, at + index),
      recorded_at: new Date(Date.UTC(2026, 2, 1) + (at + index) * 1000 - clockBackMs).toISOString(),
    }));
    const { error } = await user.client.rpc("push_metrics", { points });
    if (error !== null) throw error;
  }
}

describe("a user's other machine", () => {
  test("lists the rows that this one does not have, and follows their curves", async () => {
    const { job, dataset, artifact } = await pushWholeJob(owner, 0);
    machine = await openMachine(project, owner);
    expect(await list()).toMatchObject({
      jobs: [{ id: job.id, user_id: owner.id }],
      datasets: [{ id: dataset.id }],
      artifacts: [{ id: artifact.id }],
    });
    expect(await metrics(job.id)).toEqual({ totalPoints: 0, points: [] });
    await pushPoints(owner, job.id, 0, 3500);
    const { totalPoints, points } = await metrics(job.id);
    expect(totalPoints).toBe(3500);
    expect(points.length).toBeLessThanOrEqual(400);
    expect([points[0]?.step, points.at(-1)?.step]).toEqual([0, 3499]);
    await pushPoints(owner, job.id, 3500, 3600);
    expect((await metrics(job.id, 10_000)).points.map(({ step }) => step)).toEqual(
      Array.from({ length: 3600 }, (_, step) => step),
    );
    await pushPoints(owner, job.id, 3600, 3700, 86_400_000);
    expect((await metrics(job.id, 10_000)).totalPoints).toBe(3700);
    const place = { jobId: job.id, pixels: 100, fromStep: 3590, toStep: 3609 };
    const part = await machine.elsewhere.requests["elsewhere.metrics"](place, "local");
    expect(part).toMatchObject({ totalPoints: 20, points: { length: 20 } });
  });

  test("asks for a stop through the outbox, and shows it at once", async () => {
    const { job } = await pushWholeJob(owner);
    machine = await openMachine(project, owner);
    await wish(job.id, "stopped");
    expect(machine.rounds()).toBe(1);
    expect(new OutboxStore(machine.store).ofRow("training_jobs", job.id)).toMatchObject([
      { action: "update", columns: ["desired_state"], given: { desired_state: "stopped" } },
    ]);
    expect(await list()).toMatchObject({ jobs: [{ id: job.id, desired_state: "stopped" }] });
    await wish(job.id, "running");
    expect(await list()).toMatchObject({ jobs: [{ desired_state: "running" }] });
  });

  test("an ended or unknown job is not asked for anything", async () => {
    const { job } = await pushWholeJob(owner);
    await project.service.from("training_jobs").update({ status: "completed" }).eq("id", job.id);
    machine = await openMachine(project, owner);
    await expect(wish(job.id, "stopped")).rejects.toMatchObject({ kind: "conflict" });
    const unknown = crypto.randomUUID();
    await expect(wish(unknown, "stopped")).rejects.toMatchObject({ kind: "not_found" });
    await expect(metrics(unknown)).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("a colleague's machine", () => {
  test("sees what is shared, its curve and its people; asks for a stop; sees it go again", async () => {
    const teamId = await createTeam(owner, colleague);
    const { job, dataset, artifact } = await pushWholeJob(owner, 0);
    await pushPoints(owner, job.id, 0, 2500);
    await pushWholeJob(owner);
    await call(owner.client, "share_job", { job_id: job.id, team_id: teamId });
    machine = await openMachine(project, colleague);
    expect(await listShared()).toMatchObject({
      jobs: [{ id: job.id, user_id: owner.id, desired_state: null }],
      datasets: [{ id: dataset.id }],
      artifacts: [{ id: artifact.id }],
      members: expect.arrayContaining([{ userId: owner.id, email: owner.email }]),
    });
    expect((await metrics(job.id, 10_000)).points).toHaveLength(2500);
    await pushPoints(owner, job.id, 2500, 2600, 86_400_000);
    expect((await metrics(job.id, 10_000)).points).toHaveLength(2600);
    await wish(job.id, "stopped");
    expect(machine.rounds()).toBe(0);
    expect(await list()).toMatchObject({ jobs: [{ desired_state: "stopped" }] });
    const { data } = await project.service.from("training_jobs").select().eq("id", job.id);
    expect(data).toMatchObject([{ desired_state: "stopped" }]);

    await call(owner.client, "share_job", { job_id: job.id, team_id: null });
    // Each list asks the project anew.
    await expect.poll(list, { timeout: 30_000 }).toMatchObject({ jobs: [], artifacts: [] });
    expect((await list()).datasets).toEqual([]);
    await expect(metrics(job.id)).rejects.toMatchObject({ kind: "not_found" });
  });

  test("keeps showing what it saw last while the project cannot be reached", async () => {
    const teamId = await createTeam(owner, colleague);
    const { job } = await pushWholeJob(owner);
    await call(owner.client, "share_job", { job_id: job.id, team_id: teamId });
    let isReachable = true;
    machine = await openMachine(project, colleague, {
      fetch: (...request) =>
        isReachable ? fetch(...request) : Promise.reject(new TypeError("fetch failed")),
    });
    expect((await listShared()).jobs).toHaveLength(1);
    isReachable = false;
    expect((await list()).jobs).toHaveLength(1);
    await expect(metrics(job.id)).rejects.toMatchObject({ kind: "unavailable" });
    await expect(wish(job.id, "stopped")).rejects.toMatchObject({ kind: "unavailable" });
    expect(await list()).toMatchObject({ jobs: [{ desired_state: null }] });
  });
});

describe("teams", () => {
  test("are made, joined, shared with and left", async () => {
    const { job } = await pushWholeJob(owner);
    machine = await openMachine(project, owner);
    const { requests } = machine.teams;
    expect(await requests["teams.list"]({}, "local")).toEqual([]);
    const team = await requests["teams.create"]({ name: "Lab" }, "local");
    const me = { userId: owner.id, email: owner.email, isOwner: true };
    const { email, id: userId } = colleague;
    expect(team).toEqual({ id: team.id, name: "Lab", isOwner: true, members: [me], invited: [] });
    const teamId = team.id;
    const invited = { ...team, invited: [{ email, at: expect.any(String) }] };
    const place = { teamId, email: email.toUpperCase() };
    expect(await requests["teams.invite"](place, "local")).toEqual(invited);
    expect(await requests["teams.withdrawInvitation"](place, "local")).toEqual(team);
    expect(await requests["teams.invite"](place, "local")).toEqual(invited);
    await call(colleague.client, "answer_invitation", { team_id: teamId, accept: true });
    const joined = { ...team, members: [me, { userId, email, isOwner: false }] };
    expect(await requests["teams.list"]({}, "local")).toEqual([joined]);
    expect(await requests["teams.share"]({ jobId: job.id, teamId }, "local")).toBe(null);
    expect(await requests["teams.shared"]({}, "local")).toEqual([{ jobId: job.id, teamId }]);
    await requests["teams.share"]({ jobId: job.id, teamId: null }, "local");
    expect(await requests["teams.shared"]({}, "local")).toEqual([]);
    expect(await requests["teams.removeMember"]({ teamId, userId }, "local")).toEqual(team);
    expect(await requests["teams.removeMember"]({ teamId, userId: owner.id }, "local")).toBe(null);
  });

  test("an invitation is listed, and goes with its answer; what is shared then comes", async () => {
    const teamId = await createTeam(owner);
    const { job } = await pushWholeJob(owner);
    await call(owner.client, "share_job", { job_id: job.id, team_id: teamId });
    const invite = () =>
      call(owner.client, "invite_team_member", { team_id: teamId, email: colleague.email });
    await invite();
    machine = await openMachine(project, colleague);
    const { requests } = machine.teams;
    const answer = (isAccepted: boolean) =>
      requests["teams.answerInvitation"]({ teamId, isAccepted }, "local");
    const invitation = { teamId, teamName: "Lab", invitedBy: owner.email };
    expect(await listShared()).toMatchObject({ invitations: [invitation], jobs: [] });

    let told = machine.told();
    expect(await answer(false)).toBe(null);
    await told;
    expect(await list()).toMatchObject({ invitations: [], jobs: [] });
    await expect(answer(true)).rejects.toMatchObject({
      kind: "not_found",
      message: /not there any more/,
    });

    await invite();
    await expect.poll(list, { timeout: 30_000 }).toMatchObject({ invitations: [invitation] });
    told = machine.told();
    expect(await answer(true)).toMatchObject({ id: teamId, isOwner: false });
    await told;
    expect(await list()).toMatchObject({ invitations: [], jobs: [{ id: job.id }] });
  });

  test("refusals come in words", async () => {
    const teamId = await createTeam(owner, colleague);
    const { job } = await pushWholeJob(colleague);
    machine = await openMachine(project, colleague);
    const { requests } = machine.teams;
    await expect(
      requests["teams.invite"]({ teamId, email: "nobody@example.org" }, "local"),
    ).rejects.toMatchObject({ kind: "forbidden", message: /Only an owner/ });
    const unknown = crypto.randomUUID();
    await expect(
      requests["teams.share"]({ jobId: job.id, teamId: unknown }, "local"),
    ).rejects.toMatchObject({ kind: "not_found", message: /no such team of yours/ });
    await expect(
      requests["teams.share"]({ jobId: unknown, teamId }, "local"),
    ).rejects.toMatchObject({ kind: "not_found", message: /once it has been synced/ });
  });

  test("a token that is refused is exchanged once, then the session has ended", async () => {
    const refused: string[] = [];
    const ended = { ...owner, accessToken: `${owner.accessToken.slice(0, -2)}xx` };
    machine = await openMachine(project, owner, { session: sessionOf(project, ended, refused) });
    await expect(machine.teams.requests["teams.list"]({}, "local")).rejects.toMatchObject({
      kind: "forbidden",
      message: /Sign in again/,
    });
    expect(refused).toEqual([ended.accessToken]);
  });
});

test("a project without teams works, and says how to have them", async () => {
  const { database } = project;
  await database.query("alter table public.teams rename to teams_away");
  const functions = ["my_teams()", "create_team(text)", "pull_shared(uuid, integer)"];
  for (const name of functions)
    await database.query(`alter function public.${name} set schema lora_sync`);
  try {
    await pushWholeJob(owner);
    machine = await openMachine(project, owner);
    const { requests } = machine.teams;
    const teams = () => requests["teams.list"]({}, "local");
    await expect.poll(teams, { timeout: 30_000 }).toBe(null);
    expect(await list()).toMatchObject({ jobs: [{}], members: [] });
    await expect(requests["teams.create"]({ name: "Lab" }, "local")).rejects.toMatchObject({
      kind: "unsupported",
      message: /20241226_create_teams\.sql/,
    });
  } finally {
    await database.query("alter table public.teams_away rename to teams");
    for (const name of functions) {
      await database.query(`alter function lora_sync.${name} set schema public`);
    }
  }
});
