import { z } from "zod";
import type { Team } from "../../shared/contract/sync.ts";

/** A team as the project's functions answer with it. */
export const teamReplySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    is_owner: z.boolean(),
    members: z.array(z.object({ user_id: z.uuid(), email: z.string(), is_owner: z.boolean() })),
  })
  .transform(({ id, name, is_owner: isOwner, members }): Team => ({
    id,
    name,
    isOwner,
    members: members.map((member) => ({
      userId: member.user_id,
      email: member.email,
      isOwner: member.is_owner,
    })),
  }));

export const sharedJobsReplySchema = z.array(
  z
    .object({ job_id: z.uuid(), team_id: z.uuid() })
    .transform(({ job_id: jobId, team_id: teamId }) => ({ jobId, teamId })),
);
