import { z } from "zod";

export const teamSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  isOwner: z.boolean(),
  members: z.array(z.object({ userId: z.uuid(), email: z.string(), isOwner: z.boolean() })),
  /** Addresses that were invited and have not answered; only owners are shown them. */
  invited: z.array(z.object({ email: z.string(), at: z.iso.datetime({ offset: true }) })),
});
export type Team = z.infer<typeof teamSchema>;

export const teamInvitationSchema = z.object({
  teamId: z.uuid(),
  teamName: z.string(),
  /** The address of who invites; null where they are gone. */
  invitedBy: z.string().nullable(),
  invitedAt: z.iso.datetime({ offset: true }),
});
export type TeamInvitation = z.infer<typeof teamInvitationSchema>;

export const teamProcedures = {
  /** Null where the project has no teams (the newest migration is missing there). */
  "teams.list": { input: z.object({}), output: z.array(teamSchema).nullable() },
  "teams.create": {
    input: z.object({ name: z.string().trim().min(1).max(200) }),
    output: teamSchema,
  },
  /** The answer is the same whether somebody has signed up with the address or nobody. */
  "teams.invite": {
    input: z.object({ teamId: z.uuid(), email: z.email().max(320) }),
    output: teamSchema,
  },
  "teams.withdrawInvitation": {
    input: z.object({ teamId: z.uuid(), email: z.string().max(320) }),
    output: teamSchema,
  },
  /** Joins the team, or declines: null then. `elsewhere.list` gives the invitations. */
  "teams.answerInvitation": {
    input: z.object({ teamId: z.uuid(), isAccepted: z.boolean() }),
    output: teamSchema.nullable(),
  },
  "teams.removeMember": {
    input: z.object({ teamId: z.uuid(), userId: z.uuid() }),
    output: teamSchema.nullable(),
  },
  /** Shows a job, with its curve, dataset row and adapters, to a team; null: to nobody. */
  "teams.share": {
    input: z.object({ jobId: z.uuid(), teamId: z.uuid().nullable() }),
    output: z.null(),
  },
  /** Which own jobs are shown to which team. */
  "teams.shared": {
    input: z.object({}),
    output: z.array(z.object({ jobId: z.uuid(), teamId: z.uuid() })),
  },
} as const;
