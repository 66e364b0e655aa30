import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pullAll } from "./sync-calls.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { call, createTeam, joinTeam, newUser, type NewUser, pushWholeJob } from "./team-sharing.ts";

const NOT_THERE = "PT404";
const DENIED = "42501";
const INVALID = "22023";

let project: TeamProject;
let owner: NewUser;
let member: NewUser;
let stranger: NewUser;
let teamId: string;

beforeAll(async () => {
  project = await openTeamProject();
  [owner, member, stranger] = await Promise.all([
    newUser(project),
    newUser(project),
    newUser(project),
  ]);
});
afterAll(async () => {
  await project?.close();
});
beforeEach(async () => {
  teamId = await createTeam(owner, member);
});

const teamsOf = (user: NewUser) => call(user.client, "my_teams");
const shown = { id: expect.any(String), name: "Lab", invitations: [] };

describe("a team", () => {
  test("is seen by its members, with everyone's address and role, and by nobody else", async () => {
    const members = [
      { user_id: owner.id, email: owner.email, is_owner: true },
      { user_id: member.id, email: member.email, is_owner: false },
    ];
    expect(await teamsOf(owner)).toContainEqual({
      id: teamId,
      name: "Lab",
      is_owner: true,
      members,
      invitations: [],
    });
    expect(await teamsOf(member)).toContainEqual({
      id: teamId,
      name: "Lab",
      is_owner: false,
      members,
      invitations: [],
    });
    expect(await teamsOf(stranger)).toEqual([]);
    expect(await call(project.anon, "my_teams")).toBe(DENIED);
  });

  test.each(["", "   ", "x".repeat(201), null])("is not called %j", async (name) => {
    expect(await call(owner.client, "create_team", { name })).toBe(INVALID);
  });

  test("is owned by one user a hundred times at most", async () => {
    const busy = await newUser(project);
    await project.database.query(
      `with made as (insert into public.teams (name) select 'T' from generate_series(1, 99) returning id)
       insert into public.team_members (team_id, user_id, is_owner) select id, $1, true from made`,
      [busy.id],
    );
    const both = await Promise.all(
      ["One", "Two"].map((name) => call(busy.client, "create_team", { name })),
    );
    expect(both.filter((answer) => answer === INVALID)).toHaveLength(1);
  });
});

describe("leaving", () => {
  const remove = (by: NewUser, user: NewUser) =>
    call(by.client, "remove_team_member", { team_id: teamId, user_id: user.id });

  test("an owner removes others, a member only itself, a stranger nobody", async () => {
    expect(await remove(stranger, member)).toBe(NOT_THERE);
    expect(await remove(member, owner)).toBe(DENIED);
    expect(await remove(owner, member)).toMatchObject({ members: [{ user_id: owner.id }] });
    expect(await teamsOf(member)).not.toContainEqual(expect.objectContaining({ id: teamId }));
  });

  test("what a member shared goes along", async () => {
    const { job } = await pushWholeJob(member);
    await call(member.client, "share_job", { job_id: job.id, team_id: teamId });
    expect(
      await call(member.client, "remove_team_member", { team_id: teamId, user_id: member.id }),
    ).toBe(null);
    const { data } = await project.service.from("shared_jobs").select().eq("job_id", job.id);
    expect(data).toEqual([]);
    expect(JSON.stringify(await call(owner.client, "pull_shared"))).not.toContain(job.id);
  });

  test("the last owner hands the team to the oldest member; the last member takes it along", async () => {
    expect(await remove(owner, owner)).toBe(null);
    expect(await teamsOf(member)).toContainEqual({
      ...shown,
      id: teamId,
      is_owner: true,
      members: [{ user_id: member.id, email: member.email, is_owner: true }],
    });
    expect(await remove(member, member)).toBe(null);
    const { data } = await project.service.from("teams").select().eq("id", teamId);
    expect(data).toEqual([]);
  });

  test("two owners who leave at once leave an owner behind", async () => {
    await joinTeam(owner, teamId, stranger);
    await project.service.from("team_members").update({ is_owner: true }).eq("user_id", member.id);
    await Promise.all([remove(owner, owner), remove(member, member)]);
    expect(await teamsOf(stranger)).toContainEqual({
      ...shown,
      id: teamId,
      is_owner: true,
      members: [{ user_id: stranger.id, email: stranger.email, is_owner: true }],
    });
    await remove(stranger, stranger);
  });

  test("a user who is deleted leaves like any other", async () => {
    const leaving = await newUser(project);
    teamId = await createTeam(leaving, member);
    await project.database.query("delete from auth.users where id = $1", [leaving.id]);
    expect(await teamsOf(member)).toContainEqual(
      expect.objectContaining({ id: teamId, is_owner: true }),
    );
  });
});

describe.each(["teams", "team_members", "team_invitations", "shared_jobs"] as const)(
  "the table %s",
  (table) => {
    test("is read by its people and written by nobody", async () => {
      const { job } = await pushWholeJob(member);
      await call(member.client, "share_job", { job_id: job.id, team_id: teamId });
      const email = "invited@example.org";
      await call(owner.client, "invite_team_member", { team_id: teamId, email });
      const column = table === "teams" ? "id" : "team_id";
      const row = { [column]: teamId };
      const read = async (client: NewUser["client"]) => {
        const { data, error } = await client.from(table).select().match(row);
        return error?.code ?? data?.length;
      };
      const count = table === "team_members" ? 2 : 1;
      expect(await read(owner.client)).toBe(count);
      // Who is invited is for owners alone.
      expect(await read(member.client)).toBe(table === "team_invitations" ? 0 : count);
      expect(await read(stranger.client)).toBe(0);
      expect(await read(project.anon)).toBe(DENIED);
      const forgeries: Record<string, Record<string, unknown>> = {
        teams: { name: "Forged" },
        team_members: { team_id: teamId, user_id: stranger.id, is_owner: true },
        team_invitations: { team_id: teamId, email: stranger.email },
        shared_jobs: { team_id: teamId, user_id: stranger.id, job_id: job.id },
      };
      const forged = forgeries[table] ?? {};
      for (const client of [owner.client, member.client, stranger.client, project.anon]) {
        expect((await client.from(table).insert(forged)).error?.code).toBe(DENIED);
        expect((await client.from(table).update(forged).match(row)).error?.code).toBe(DENIED);
        expect((await client.from(table).delete().match(row)).error?.code).toBe(DENIED);
      }
    });
  },
);

test("the own feed stays one's own: nothing of a team's is in it", async () => {
  const { job } = await pushWholeJob(member);
  await call(member.client, "share_job", { job_id: job.id, team_id: teamId });
  const { changes } = await pullAll(owner.client);
  expect(changes.map(({ row_id: id }) => id)).not.toContain(job.id);
});
