import type { SupabaseClient } from "@supabase/supabase-js";
import { newDataset, newJob, type Row } from "./sample-rows.ts";
import { operation, push } from "./sync-calls.ts";

/** A dataset and a job made from it, pushed as a workstation would. */
export async function pushNewJob(client: SupabaseClient): Promise<{ dataset: Row; job: Row }> {
  const dataset = newDataset();
  const job = newJob(dataset.id);
  const answers = await push(
    client,
    operation("insert", "datasets", dataset),
    operation("insert", "training_jobs", job),
  );
  if (answers.some(({ outcome }) => outcome !== "applied")) {
    throw new Error(JSON.stringify(answers));
  }
  return { dataset, job };
}
