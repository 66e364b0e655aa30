import type { Aftermath } from "./aftermath.ts";
import type { KnownOperation } from "./operation-ledger.ts";

/** What one machine asks of another's job is done there, once, and nowhere else. */
export function judgeWishes(aftermath: Aftermath): string[] {
  const { journal, restores } = aftermath;
  const problems: string[] = [];
  for (const { by, jobId, state } of journal.followed) {
    const owner = journal.makers.get(jobId)?.by;
    if (owner !== by) {
      problems.push(`ASTRAY: ${by} was asked to have ${jobId} of ${owner ?? "?"} ${state}`);
    }
  }
  // With a backup, a wish comes back that was granted long ago.
  if (restores > 0) return problems;
  for (const [jobId, wishes] of Map.groupBy(appliedWishes(aftermath), ({ rowId }) => rowId)) {
    // What it could not do it may be asked again, when it died before it had said so.
    const granted = journal.followed.filter((one) => one.jobId === jobId && one.isGranted);
    if (granted.length > wishes.length) {
      problems.push(
        `DOUBLED: ${granted.length} times ${jobId} did what it was asked ${wishes.length} times`,
      );
    }
    problems.push(...judgeLast(jobId, wishes, aftermath));
  }
  return problems;
}

function judgeLast(
  jobId: string,
  wishes: readonly KnownOperation[],
  { journal, desks }: Aftermath,
): string[] {
  const last = wishes.toSorted((one, other) => one.appliedAt - other.appliedAt).at(-1);
  const owner = desks.find(({ name }) => name === journal.makers.get(jobId)?.by);
  const job = owner?.rows.find("training_jobs", jobId);
  // A job that is over goes neither on nor to its end.
  const followed = journal.followed.filter((one) => one.jobId === jobId);
  const isRefused = followed.at(-1)?.isGranted === false;
  if (last === undefined || owner === undefined || isRefused) return [];
  const isHeldBack =
    job === undefined ||
    owner.store.prepare("SELECT 1 FROM sync_outbox WHERE row_id = ?").get(jobId) !== undefined;
  const wish = last.values["desired_state"];
  if (isHeldBack || job["desired_state"] === wish) return [];
  return [
    `LOST: ${last.by} asked last that ${jobId} be ${String(wish)}, and on ${owner.name} it is ${String(job["desired_state"])}`,
  ];
}

function appliedWishes({ ledger, journal }: Aftermath): KnownOperation[] {
  return [...ledger.operations.values()].filter(
    ({ table, rowId, by, values, applied }) =>
      table === "training_jobs" &&
      applied > 0 &&
      journal.makers.get(rowId)?.by !== by &&
      typeof values["desired_state"] === "string",
  );
}
