import type { SupabaseClient } from "@supabase/supabase-js";
import type { SignedInUser } from "../../scripts/supabase-stack/sign-up-user.ts";
import { signUpUser } from "../../scripts/supabase-stack/sign-up-user.ts";
import { pushNewJob } from "./push-new-job.ts";
import { newArtifact, newPoint, type Row } from "./sample-rows.ts";
import { operation, push } from "./sync-calls.ts";
import type { TeamProject } from "./team-project.ts";

export interface TeamRow {
  id: string;
  name: string;
  is_owner: boolean;
  members: { user_id: string; email: string; is_owner: boolean }[];
  /** Shown to owners alone. */
  invitations: { email: string; created_at: string }[];
}

export interface NewUser extends SignedInUser {
  email: string;
}

export async function newUser({ stack }: TeamProject): Promise<NewUser> {
  const email = `${crypto.randomUUID()}@example.org`;
  return { ...(await signUpUser(stack, email)), email };
}

/** What a function answers; of a refusal the code. */
export async function call(
  client: SupabaseClient,
  name: string,
  values: Record<string, unknown> = {},
): Promise<unknown> {
  const { data, error } = await client.rpc(name, values);
  return error === null ? data : error.code;
}

export async function createTeam(owner: NewUser, ...members: NewUser[]): Promise<string> {
  const { id } = (await call(owner.client, "create_team", { name: "Lab" })) as TeamRow;
  for (const member of members) await joinTeam(owner, id, member);
  return id;
}

export async function joinTeam(owner: NewUser, teamId: string, member: NewUser): Promise<void> {
  await call(owner.client, "invite_team_member", { team_id: teamId, email: member.email });
  await call(member.client, "answer_invitation", { team_id: teamId, accept: true });
}

export interface WholeJob {
  dataset: Row;
  job: Row;
  artifact: Row;
}

/** A job with its dataset, an adapter, and a curve of so many points. */
export async function pushWholeJob(user: SignedInUser, points = 3): Promise<WholeJob> {
  const { dataset, job } = await pushNewJob(user.client);
  const storagePath = `${user.id}/${crypto.randomUUID().replaceAll("-", "").repeat(2)}`;
  const artifact = { ...newArtifact(job.id, dataset.id), storage_path: storagePath };
  await push(user.client, operation("insert", "model_artifacts", artifact));
  const { error } = await user.client.rpc("push_metrics", {
    points: Array.from({ length: points }, (_, step) => newPoint(job.id, step)),
  });
  if (error !== null) throw error;
  return { dataset, job, artifact };
}

/** Three users, of whom two are a team; of its owner's two jobs one is shared with it. */
export async function setUpSharing(project: TeamProject) {
  const [owner, colleague, stranger] = await Promise.all([
    newUser(project),
    newUser(project),
    newUser(project),
  ]);
  const teamId = await createTeam(owner, colleague);
  const shared = await pushWholeJob(owner);
  const kept = await pushWholeJob(owner);
  await call(owner.client, "share_job", { job_id: shared.job.id, team_id: teamId });
  return { owner, colleague, stranger, teamId, shared, kept };
}
