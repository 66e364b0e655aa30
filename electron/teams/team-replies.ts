import { z } from "zod";
import type { Team, TeamInvitation } from "../../shared/contract/teams.ts";

/** A team as the project's functions answer with it. */
export const teamReplySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    is_owner: z.boolean(),
    members: z.array(z.object({ user_id: z.uuid(), email: z.string(), is_owner: z.boolean() })),
    invitations: z.array(z.object({ email: z.string(), created_at: z.string() })),
  })
  .transform(({ id, name, is_owner: isOwner, members, invitations }): Team => ({
    id,
    name,
    isOwner,
    members: members.map((member) => ({
      userId: member.user_id,
      email: member.email,
      isOwner: member.is_owner,
    })),
    invited: invitations.map(({ email, created_at: at }) => ({ email, at })),
  }));

export const invitationReplySchema = z
  .object({
    team_id: z.uuid(),
    team_name: z.string(),
    invited_by: z.string().nullable(),
    created_at: z.string(),
  })
  .transform((reply): TeamInvitation => ({
    teamId: reply.team_id,
    teamName: reply.team_name,
    invitedBy: reply.invited_by,
    invitedAt: reply.created_at,
  }));

export const sharedJobsReplySchema = z.array(
  z
    .object({ job_id: z.uuid(), team_id: z.uuid() })
    .transform(({ job_id: jobId, team_id: teamId }) => ({ jobId, teamId })),
);
