import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Method } from "../../shared/contract/contract.ts";
import type { TeamSession } from "../sync/team-session.ts";
import { isWithoutTeams } from "./project-api-failure.ts";
import { ProjectApi } from "./project-api.ts";
import { sharedJobsReplySchema, teamReplySchema } from "./team-replies.ts";

const PAGE = 1000;

export interface OpenTeamsOptions {
  session: TeamSession;
  fetch: typeof fetch;
  /** What the account is shown may be other than before. */
  onMembershipChanged: () => void;
}

export interface Teams {
  requests: Handlers<Extract<Method, `teams.${string}`>>;
  close(): void;
}

/** The teams of the account's project. They live there alone: without a network there are none. */
export function openTeams({ session, fetch, onMembershipChanged }: OpenTeamsOptions): Teams {
  const closing = new AbortController();
  const api = new ProjectApi({ session, fetch, signal: closing.signal });
  return {
    requests: {
      "teams.list": () =>
        withoutTeams(api.call("my_teams", {}, z.array(teamReplySchema)), () => null),
      "teams.create": ({ name }) => api.call("create_team", { name }, teamReplySchema),
      "teams.invite": ({ teamId, email }) =>
        api.call("invite_team_member", { team_id: teamId, email }, teamReplySchema),
      "teams.withdrawInvitation": ({ teamId, email }) =>
        api.call("withdraw_team_invitation", { team_id: teamId, email }, teamReplySchema),
      "teams.answerInvitation": ({ teamId, isAccepted }) =>
        api
          .call(
            "answer_invitation",
            { team_id: teamId, accept: isAccepted },
            teamReplySchema.nullable(),
          )
          .catch(takenBack)
          .finally(onMembershipChanged),
      "teams.removeMember": ({ teamId, userId }) =>
        api
          .call(
            "remove_team_member",
            { team_id: teamId, user_id: userId },
            teamReplySchema.nullable(),
          )
          .finally(onMembershipChanged),
      "teams.share": ({ jobId, teamId }) => shareJob(api, jobId, teamId),
      "teams.shared": () => withoutTeams(listShared(api), () => []),
    },
    close: () => closing.abort(new AppError("cancelled", "The account was closed.")),
  };
}

function takenBack(cause: unknown): never {
  if (!(cause instanceof AppError) || cause.kind !== "not_found") throw cause;
  throw new AppError(
    "not_found",
    "This invitation is not there any more: it was answered or taken back. Ask to be invited again.",
    { cause },
  );
}

async function shareJob(api: ProjectApi, jobId: string, teamId: string | null): Promise<null> {
  return api
    .call("share_job", { job_id: jobId, team_id: teamId }, z.null())
    .catch((cause: unknown) => {
      if (!(cause instanceof AppError) || cause.kind !== "not_found") throw cause;
      throw new AppError(
        "not_found",
        `${cause.message} A job can be shared once it has been synced, with a team that you belong to.`,
        { cause },
      );
    });
}

async function listShared(api: ProjectApi) {
  const all: z.infer<typeof sharedJobsReplySchema> = [];
  for (;;) {
    const last = all.at(-1);
    const page = await api.select(
      "shared_jobs",
      {
        select: "job_id,team_id",
        user_id: `eq.${api.userId}`,
        order: "job_id",
        limit: String(PAGE),
        ...(last === undefined ? {} : { job_id: `gt.${last.jobId}` }),
      },
      sharedJobsReplySchema,
    );
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

async function withoutTeams<T, N>(reply: Promise<T>, otherwise: () => N): Promise<T | N> {
  try {
    return await reply;
  } catch (error) {
    if (isWithoutTeams(error)) return otherwise();
    throw error;
  }
}
