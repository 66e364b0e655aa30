import type { Elsewhere } from "../../shared/contract/elsewhere.ts";
import { sizeWords } from "./describe-transfer.ts";
import { table } from "./terminal.ts";

/** What is elsewhere, for a terminal. `ownId`: of the account that looks. */
export function describeElsewhere(elsewhere: Elsewhere, ownId: string | undefined): string {
  const { jobs, artifacts, datasets, invitations } = elsewhere;
  const of = ({ user_id: userId }: { user_id: string }) =>
    userId === ownId
      ? "you"
      : (elsewhere.members.find((member) => member.userId === userId)?.email ?? "a colleague");
  const nameOfJob = (id: string) => jobs.find((job) => job.id === id)?.name ?? "–";
  const stored = (path: string | null) => (path === null ? "not in the project" : "in the project");
  const parts = [
    section(
      "Jobs",
      ["NAME", "STATUS", "STEP", "MACHINE", "OF", "ID"],
      jobs.map((job) => [
        job.name,
        job.desired_state === null ? job.status : `${job.status}, asked: ${job.desired_state}`,
        job.total_steps === 0 ? "–" : `${job.current_step} of ${job.total_steps}`,
        job.workstation,
        of(job),
        job.id,
      ]),
    ),
    section(
      "Adapters",
      ["NAME", "JOB", "SIZE", "FILES", "OF", "ID"],
      artifacts.map((artifact) => [
        artifact.name,
        nameOfJob(artifact.job_id),
        sizeWords(artifact.files.reduce((sum, { bytes }) => sum + bytes, 0)),
        stored(artifact.storage_path),
        of(artifact),
        artifact.id,
      ]),
    ),
    section(
      "Datasets",
      ["NAME", "ROWS", "SIZE", "FILE", "OF", "ID"],
      datasets.map((dataset) => [
        dataset.name,
        String(dataset.total_training_pairs ?? "–"),
        sizeWords(dataset.file_size_bytes),
        stored(dataset.storage_path),
        of(dataset),
        dataset.id,
      ]),
    ),
    ...(invitations.length === 0
      ? []
      : [
          `Invitations to ${invitations.map(({ teamName }) => `“${teamName}”`).join(", ")}: lora-desk teams`,
        ]),
  ].filter((part) => part !== "");
  return parts.length === 0
    ? "Nothing: all that the project has is on this machine."
    : parts.join("\n\n");
}

function section(title: string, head: readonly string[], rows: readonly string[][]): string {
  return rows.length === 0 ? "" : `${title}\n${table(head, rows)}`;
}
