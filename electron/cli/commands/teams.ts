import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import type { CoreClient } from "../../../shared/contract/contract.ts";
import type { Team, TeamInvitation } from "../../../shared/contract/teams.ts";
import { findByIdOrName } from "../find-by-id-or-name.ts";
import { freshElsewhere } from "../fresh-elsewhere.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";

const LIST = "lora-desk teams";

/** `teams`: who is shown what of this account. */
export function addTeamCommands(program: Command, run: RunWithCore): void {
  const teams = program.command("teams").description("teams of the project: who sees whose jobs");
  const add = <T>(
    name: string,
    description: string,
    work: (client: CoreClient, ...args: string[]) => Promise<T>,
    describe: (result: T, ...args: string[]) => string,
    isDefault = false,
  ) =>
    teams
      .command(name, { isDefault })
      .description(description)
      .option("--json", "print one JSON line")
      .action((...given: unknown[]) => {
        // Commander gives the arguments, the options, and the command.
        const options = given.at(-2) as { json?: boolean };
        const args = given.slice(0, -2).map(String);
        return run(options, async ({ core: { client }, isJson }) => {
          const result = await work(client, ...args);
          print(isJson, { ok: true, ...result }, () => describe(result, ...args));
        });
      });

  add(
    "list",
    "list yours, and the invitations for you",
    async (client) => ({
      teams: await allTeams(client),
      invitations: (await freshElsewhere(client)).elsewhere.invitations,
    }),
    describeTeams,
    true,
  );
  add(
    "create <name>",
    "make a team, whose owner you are",
    async (client, name = "") => ({ team: await client.request("teams.create", { name }) }),
    ({ team }) => `The team “${team.name}” is there. Ask others to join: ${LIST} invite TEAM EMAIL`,
  );
  add(
    "invite <team> <email>",
    "ask somebody to join, by the address that they sign in with",
    async (client, which = "", email = "") => ({
      team: await client.request("teams.invite", { teamId: await teamId(client, which), email }),
    }),
    ({ team }, _, email) =>
      `${email} is invited to “${team.name}”, and is asked as soon as they sign in with this address.`,
  );
  add(
    "withdraw <team> <email>",
    "take an invitation back",
    async (client, which = "", email = "") => ({
      team: await client.request("teams.withdrawInvitation", {
        teamId: await teamId(client, which),
        email,
      }),
    }),
    ({ team }, _, email) => `${email} is not invited to “${team.name}”.`,
  );
  for (const [name, isAccepted, done] of [
    ["join", true, "You belong to"],
    ["decline", false, "You have declined to join"],
  ] as const) {
    add(
      `${name} <team>`,
      isAccepted ? "accept an invitation" : "decline an invitation",
      async (client, which = "") => {
        const { teamId: id, teamName } = await findInvitation(client, which);
        const team = await client.request("teams.answerInvitation", { teamId: id, isAccepted });
        return { team, teamName };
      },
      ({ teamName }) => `${done} “${teamName}”.`,
    );
  }
  add(
    "leave <team>",
    "leave a team: what you shared with it is not shown to it any more",
    async (client, which = "") => {
      const { accounts, activeId } = await client.request("accounts.list", {});
      const { userId = "" } = accounts.find(({ id }) => id === activeId) ?? {};
      const id = await teamId(client, which);
      return { team: await client.request("teams.removeMember", { teamId: id, userId }) };
    },
    (_, which) => `You have left “${which}”.`,
  );
  add(
    "remove <team> <email>",
    "take somebody out of your team",
    async (client, which = "", email = "") => {
      const { id, members } = await findTeam(client, which);
      const member = members.find((one) => one.email.toLowerCase() === email.toLowerCase());
      if (member === undefined) {
        throw new AppError(
          "not_found",
          `“${email}” does not belong to this team. \`${LIST}\` lists who does.`,
        );
      }
      const { userId } = member;
      return { team: await client.request("teams.removeMember", { teamId: id, userId }) };
    },
    (_, which, email) => `${email} does not belong to “${which}” any more.`,
  );
  add(
    "share <job> <team>",
    "show a job, with its curve and adapters, to a team",
    (client, job = "", which = "") => share(client, job, which),
    ({ job }, _, which) => `“${job.name}” is shown to “${which}”.`,
  );
  add(
    "unshare <job>",
    "show a job to nobody else",
    (client, job = "") => share(client, job, null),
    ({ job }) => `“${job.name}” is shown to nobody else.`,
  );
}

async function allTeams(client: CoreClient): Promise<Team[]> {
  const teams = await client.request("teams.list", {});
  if (teams !== null) return teams;
  const { activeId } = await client.request("accounts.list", {});
  throw new AppError(
    "unsupported",
    activeId === null
      ? "No account is open, so there are no teams: `lora-desk login` signs in."
      : "This project has no teams: its newest migration is missing. `supabase db push` brings it there.",
  );
}

async function findTeam(client: CoreClient, which: string): Promise<Team> {
  return findByIdOrName(await allTeams(client), which, "team", LIST);
}

async function teamId(client: CoreClient, which: string): Promise<string> {
  return (await findTeam(client, which)).id;
}

async function findInvitation(client: CoreClient, which: string): Promise<TeamInvitation> {
  const { elsewhere, failure } = await freshElsewhere(client);
  if (failure !== null) throw AppError.fromFailure(failure);
  const invitations = elsewhere.invitations.map((one) => ({
    ...one,
    id: one.teamId,
    name: one.teamName,
  }));
  return findByIdOrName(invitations, which, "invitation to a team", LIST);
}

/** A job of one's own, here or on another machine. */
async function share(client: CoreClient, which: string, team: string | null) {
  const { accounts, activeId } = await client.request("accounts.list", {});
  const own = accounts.find(({ id }) => id === activeId)?.userId;
  const { jobs } = await client.request("elsewhere.list", {});
  const all = [
    ...(await client.request("jobs.list", {})),
    ...jobs.filter(({ user_id: userId }) => userId === own),
  ];
  const { id, name } = findByIdOrName(all, which, "job");
  const to = team === null ? null : await teamId(client, team);
  await client.request("teams.share", { jobId: id, teamId: to });
  return { job: { id, name }, teamId: to };
}

function describeTeams({
  teams,
  invitations,
}: {
  teams: readonly Team[];
  invitations: readonly TeamInvitation[];
}): string {
  const lines = invitations.map(
    ({ teamName, invitedBy }) =>
      `${invitedBy ?? "Somebody"} invites you to “${teamName}”: ${LIST} join|decline "${teamName}"`,
  );
  for (const { id, name, members, invited } of teams) {
    lines.push(
      ...(lines.length === 0 ? [] : [""]),
      `${name}  (${id})`,
      ...members.map(({ email, isOwner }) => `  ${email}${isOwner ? ", owner" : ""}`),
      ...invited.map(({ email }) => `  ${email}, invited`),
    );
  }
  return lines.length === 0
    ? `You belong to no team, and nobody invites you. Make one: ${LIST} create NAME`
    : lines.join("\n");
}
