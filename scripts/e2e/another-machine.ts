import { randomUUID } from "node:crypto";
import { hyperparametersSchema } from "../../shared/contract/hyperparameters.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import type { SignedInUser } from "../supabase-stack/sign-up-user.ts";

const STEPS = 240;

/** What a second workstation of the same user has put into the project: a run, half done. */
export async function addJobOfAnotherMachine(
  { id: userId, client }: SignedInUser,
  datasetId: string,
): Promise<{ jobId: string }> {
  const jobId = randomUUID();
  const startedAt = Date.now() - 600_000;
  const { error } = await client.from("training_jobs").insert({
    id: jobId,
    user_id: userId,
    dataset_id: datasetId,
    name: "Night run",
    preset_id: "balanced",
    base_model: "meta-llama/Llama-3.1-8B",
    hyperparameters: hyperparametersSchema.parse(HYPERPARAMETER_PRESETS.balanced),
    gpu_config: { kind: "cpu" },
    workstation: "gpu-box",
    status: "running",
    progress: 0.5,
    current_epoch: 1.5,
    current_step: STEPS,
    total_steps: STEPS * 2,
    started_at: new Date(startedAt).toISOString(),
  });
  if (error !== null) throw new Error(`No job: ${error.message}`);
  const points = Array.from({ length: STEPS }, (_, index) => ({
    id: randomUUID(),
    job_id: jobId,
    step: index + 1,
    epoch: index / 160,
    training_loss: 0.6 + 1.8 * Math.exp(-index / 60) + 0.05 * Math.sin(index),
    learning_rate: 2e-4 * (1 - index / (STEPS * 2)),
    gradient_norm: 0.8 + 0.1 * Math.cos(index / 5),
    recorded_at: new Date(startedAt + index * 2000).toISOString(),
  }));
  const sent = await client.from("metrics_points").insert(points);
  if (sent.error !== null) throw new Error(`No points: ${sent.error.message}`);
  return { jobId };
}
