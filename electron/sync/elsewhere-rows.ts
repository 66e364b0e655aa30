import { z } from "zod";
import { type Elsewhere, elsewhereSchema } from "../../shared/contract/elsewhere.ts";
import type { ElsewhereStore, ElsewhereTable } from "./elsewhere-store.ts";

const { datasets, jobs, artifacts, members, invitations } = elsewhereSchema.shape;

/**
 * The project's rows that this machine does not have. A row that a newer LoRA Desk has written in a
 * way that this one does not know is left out, and logged.
 */
export function listElsewhere(
  store: ElsewhereStore,
  log: (message: string, details?: Record<string, unknown>) => void,
): Elsewhere {
  const wishes = store.wishes();
  const rows = <T>(table: ElsewhereTable, schema: z.ZodType<T>): T[] =>
    known(table, [...store.ownRows(table), ...store.sharedRows(table)], schema, log);
  return {
    datasets: rows("datasets", datasets.element),
    jobs: rows("training_jobs", jobs.element).map((job) => {
      const wish = z.enum(["running", "stopped"]).safeParse(wishes.get(job.id));
      return wish.success ? { ...job, desired_state: wish.data } : job;
    }),
    artifacts: rows("model_artifacts", artifacts.element),
    members: known("members", store.of("members"), members.element, log),
    invitations: known("invitations", store.of("invitations"), invitations.element, log),
  };
}

function known<T>(
  table: string,
  rows: unknown[],
  schema: z.ZodType<T>,
  log: (message: string, details?: Record<string, unknown>) => void,
): T[] {
  const kept: T[] = [];
  let unknown = 0;
  for (const row of rows) {
    const parsed = schema.safeParse(row);
    if (parsed.success) kept.push(parsed.data);
    else unknown += 1;
  }
  if (unknown > 0) log("Rows of other machines are of a newer kind", { table, unknown });
  return kept;
}
