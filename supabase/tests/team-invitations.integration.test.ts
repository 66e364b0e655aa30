import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { migrationPaths } from "../../scripts/foundation/scratch-database.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import {
  call,
  createTeam,
  newUser,
  type NewUser,
  pushWholeJob,
  type TeamRow,
} from "./team-sharing.ts";

const NOT_THERE = "PT404";
const DENIED = "42501";
const INVALID = "22023";

let project: TeamProject;
let owner: NewUser;
let member: NewUser;
let invited: NewUser;
let stranger: NewUser;
let teamId: string;

beforeAll(async () => {
  project = await openTeamProject();
  [owner, member, invited, stranger] = (await Promise.all(
    Array.from({ length: 4 }, () => newUser(project)),
  )) as [NewUser, NewUser, NewUser, NewUser];
});
afterAll(async () => {
  await project?.close();
});
beforeEach(async () => {
  await project.database.query("delete from public.teams");
  teamId = await createTeam(owner, member);
});

const invite = (by: NewUser, email: string, team = teamId) =>
  call(by.client, "invite_team_member", { team_id: team, email });
const withdraw = (by: NewUser, email: string) =>
  call(by.client, "withdraw_team_invitation", { team_id: teamId, email });
const answer = (by: NewUser, accept: boolean | null) =>
  call(by.client, "answer_invitation", { team_id: teamId, accept });
const invitationsOf = (user: NewUser) => call(user.client, "my_invitations");
const team = async (user: NewUser) =>
  ((await call(user.client, "my_teams")) as TeamRow[]).find(({ id }) => id === teamId);
const pending = async () => (await team(owner))?.invitations.map(({ email }) => email);

describe("an invitation", () => {
  test("is seen by owners and by the invited, says who asks, and makes nobody a member", async () => {
    await invite(owner, ` ${invited.email.toUpperCase()} `);
    expect(await pending()).toEqual([invited.email]);
    expect(await team(member)).toMatchObject({ invitations: [], members: { length: 2 } });
    expect(await invitationsOf(invited)).toEqual([
      {
        team_id: teamId,
        team_name: "Lab",
        invited_by: owner.email,
        created_at: expect.any(String),
      },
    ]);
    for (const user of [owner, member, stranger]) expect(await invitationsOf(user)).toEqual([]);
    expect(await call(invited.client, "my_teams")).toEqual([]);
    expect(await call(invited.client, "pull_shared")).toMatchObject({ jobs: [] });
    for (const name of ["my_invitations", "my_teams"]) {
      expect(await call(project.anon, name)).toBe(DENIED);
    }
  });

  test("is answered the same whether somebody has signed up with the address or nobody", async () => {
    const withoutIts = (reply: unknown, email: string) => {
      const { invitations, ...rest } = reply as TeamRow;
      return { ...rest, count: invitations.length, found: invitations[0]?.email === email };
    };
    const known = withoutIts(await invite(owner, invited.email), invited.email);
    await withdraw(owner, invited.email);
    const unknown = withoutIts(await invite(owner, "nobody@example.org"), "nobody@example.org");
    expect(known).toEqual(unknown);
  });

  test("cannot be given by others, who learn of no team and no address", async () => {
    for (const email of ["nobody@example.org", invited.email, owner.email]) {
      expect(await invite(member, email)).toBe(DENIED);
      expect(await withdraw(member, email)).toBe(DENIED);
      expect(await invite(stranger, email)).toBe(NOT_THERE);
      expect(await invite(stranger, email, crypto.randomUUID())).toBe(NOT_THERE);
      expect(await withdraw(stranger, email)).toBe(NOT_THERE);
    }
    expect(await invitationsOf(invited)).toEqual([]);
  });

  test("is for an address, not for whatever one writes", async () => {
    const long = `${"x".repeat(320)}@a.b`;
    for (const email of ["", "  ", "ada", "@example.org", "a b@example.org", long, null]) {
      expect(await invite(owner, email as string)).toBe(INVALID);
    }
    expect(await pending()).toEqual([]);
  });

  test("is the same invitation when it is given again; a member needs none", async () => {
    const first = await invite(owner, invited.email);
    expect(await invite(owner, invited.email)).toEqual(first);
    expect(await invite(owner, member.email.toUpperCase())).toEqual(first);
  });

  test("is taken back by an owner, and cannot be accepted then", async () => {
    await invite(owner, invited.email);
    expect(await withdraw(owner, ` ${invited.email.toUpperCase()}`)).toMatchObject({
      invitations: [],
    });
    expect(await invitationsOf(invited)).toEqual([]);
    expect(await answer(invited, true)).toBe(NOT_THERE);
  });

  test("at most 200 of a team are open, also when two are given at once", async () => {
    await project.database.query(
      `insert into public.team_invitations (team_id, email)
       select $1, 'a' || n || '@example.org' from generate_series(1, 199) n`,
      [teamId],
    );
    const both = await Promise.all(
      ["one@example.org", "two@example.org"].map((email) => invite(owner, email)),
    );
    expect(both.filter((reply) => reply === INVALID)).toHaveLength(1);
    expect(await pending()).toHaveLength(200);
    // One that is open already takes no more room.
    expect(await invite(owner, "a1@example.org")).toMatchObject({ id: teamId });
  });
});

describe("an answer", () => {
  test("joins the team, once", async () => {
    await invite(owner, invited.email);
    expect(await answer(invited, true)).toMatchObject({ id: teamId, is_owner: false });
    expect(await team(owner)).toMatchObject({ members: { length: 3 }, invitations: [] });
    expect(await invitationsOf(invited)).toEqual([]);
    expect(await answer(invited, true)).toBe(NOT_THERE);
    expect(await answer(invited, null)).toBe(INVALID);
  });

  test("declines, and one can be invited again", async () => {
    await invite(owner, invited.email);
    expect(await answer(invited, false)).toBe(null);
    expect(await pending()).toEqual([]);
    expect(await call(invited.client, "my_teams")).toEqual([]);
    await invite(owner, invited.email);
    expect(await answer(invited, true)).toMatchObject({ id: teamId });
  });

  test("is given by nobody else than who has the address", async () => {
    await invite(owner, invited.email);
    for (const user of [stranger, member, owner]) {
      for (const accept of [true, false]) expect(await answer(user, accept)).toBe(NOT_THERE);
    }
    expect(await pending()).toEqual([invited.email]);
  });

  test("is given by nobody whose address was never confirmed", async () => {
    const { database } = project;
    await database.query("update auth.users set email_confirmed_at = null where id = $1", [
      invited.id,
    ]);
    await invite(owner, invited.email);
    expect(await invitationsOf(invited)).toEqual([]);
    expect(await answer(invited, true)).toBe(NOT_THERE);
    expect(await answer(invited, false)).toBe(NOT_THERE);
    await database.query("update auth.users set email_confirmed_at = now() where id = $1", [
      invited.id,
    ]);
    expect(await answer(invited, true)).toMatchObject({ id: teamId });
  });

  test("and being taken back at once: one of both is true", async () => {
    for (let round = 0; round < 10; round += 1) {
      await invite(owner, invited.email);
      const [joined] = await Promise.all([answer(invited, true), withdraw(owner, invited.email)]);
      const isMember = (await team(owner))?.members.some(({ user_id: id }) => id === invited.id);
      expect(isMember).toBe(joined !== NOT_THERE);
      expect(await pending()).toEqual([]);
      await call(owner.client, "remove_team_member", { team_id: teamId, user_id: invited.id });
    }
  });
});

test("who is removed shares nothing any more, and comes back by an invitation alone", async () => {
  const { job } = await pushWholeJob(member);
  await call(member.client, "share_job", { job_id: job.id, team_id: teamId });
  expect(await call(owner.client, "pull_shared")).toMatchObject({ jobs: [{ id: job.id }] });
  await call(owner.client, "remove_team_member", { team_id: teamId, user_id: member.id });
  expect(await call(owner.client, "pull_shared")).toMatchObject({ jobs: [] });
  expect(await answer(member, true)).toBe(NOT_THERE);
  await invite(owner, member.email);
  expect(await answer(member, true)).toMatchObject({ id: teamId });
  // What was shared before is not shown again by itself.
  expect(await call(owner.client, "pull_shared")).toMatchObject({ jobs: [] });
});

test("a team that goes takes its invitations along; an owner who goes leaves them", async () => {
  const leaving = await newUser(project);
  teamId = await createTeam(leaving, member);
  await invite(leaving, invited.email);
  await call(leaving.client, "remove_team_member", { team_id: teamId, user_id: leaving.id });
  expect(await team(member)).toMatchObject({
    is_owner: true,
    invitations: [{ email: invited.email }],
  });
  await project.database.query("delete from auth.users where id = $1", [leaving.id]);
  expect(await invitationsOf(invited)).toMatchObject([{ team_id: teamId, invited_by: null }]);
  await call(member.client, "remove_team_member", { team_id: teamId, user_id: member.id });
  expect(await invitationsOf(invited)).toEqual([]);
  expect(await answer(invited, true)).toBe(NOT_THERE);
});

test("over the version that added members without asking, nobody can be added any more", async () => {
  const { database } = project;
  await database.query(
    `create or replace function public.add_team_member(team_id uuid, email text) returns jsonb
     language sql as 'select null::jsonb';
     grant execute on function public.add_team_member(uuid, text) to authenticated`,
  );
  await database.query(readFileSync(migrationPaths().at(-1) ?? "", "utf8"));
  const { rows } = await database.query("select 1 from pg_proc where proname = 'add_team_member'");
  expect(rows).toEqual([]);
});
