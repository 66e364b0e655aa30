import { z } from "zod";
import type { ProjectApi } from "../teams/project-api.ts";
import { invitationReplySchema, teamReplySchema } from "../teams/team-replies.ts";
import type { SharedRow } from "./elsewhere-store.ts";

const rowSchema = z.looseObject({ id: z.uuid() });
const pageSchema = z.object({
  jobs: z.array(rowSchema),
  datasets: z.array(rowSchema),
  artifacts: z.array(rowSchema),
  next: z.uuid().nullable(),
});

/**
 * Everything that others of the account's teams show it, who they are, and which teams invite it. Read whole: what is no
 * longer shared is then not there any more, without anybody having to say so.
 *
 * @throws AppError `unsupported` where the project has no teams.
 */
export async function pullShared(api: ProjectApi): Promise<SharedRow[]> {
  const rows = new Map<string, SharedRow>();
  const put = (table: SharedRow["table"], id: string, row: object) =>
    rows.set(`${table} ${id}`, { table, id, row });
  const teams = await api.call("my_teams", {}, z.array(teamReplySchema));
  for (const { userId, email } of teams.flatMap(({ members }) => members)) {
    put("members", userId, { userId, email });
  }
  const invitations = await api.call("my_invitations", {}, z.array(invitationReplySchema));
  for (const one of invitations) put("invitations", one.teamId, one);
  // Who is in no team is shown nothing more.
  for (let after: string | null = null, isLast = teams.length === 0; !isLast;) {
    const page: z.infer<typeof pageSchema> = await api.call("pull_shared", { after }, pageSchema);
    for (const row of page.jobs) put("training_jobs", row.id, row);
    for (const row of page.datasets) put("datasets", row.id, row);
    for (const row of page.artifacts) put("model_artifacts", row.id, row);
    after = page.next;
    isLast = after === null;
  }
  return [...rows.values()];
}
