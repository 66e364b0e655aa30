import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import type { CoreClient } from "../../shared/contract/contract.ts";
import { type JobInput, jobInputSchema } from "../../shared/contract/jobs.ts";
import { prepareDataset, prepareEnvironment } from "../../electron/quickstart/prepare-run.ts";
import { sampleHyperparameters } from "../../electron/quickstart/sample-hyperparameters.ts";
import { trainerPath } from "../bench/trainer/python-program.ts";

/** What all the runs of a torture train on, the same for every data folder. */
export interface TinyTask {
  modelPath: string;
  rowsPath: string;
}

/** A tiny model that is hardly trained: what it knows is not what is looked at. */
export async function makeTinyTask(python: string, folder: string): Promise<TinyTask> {
  const modelPath = join(folder, "models", "tiny");
  const command = ["-m", "lora_trainer.tiny_model", "--out", modelPath, "--steps", "4"];
  await execa(python, command, { cwd: trainerPath });
  const rowsPath = join(folder, "rows.jsonl");
  const rows = Array.from({ length: 60 }, (_, row) =>
    JSON.stringify({ prompt: `What is ${row} plus one?`, completion: `It is ${row + 1}.` }),
  );
  writeFileSync(rowsPath, `${rows.join("\n")}\n`);
  return { modelPath, rowsPath };
}

/** Makes the task known to a core. */
export async function importTask(
  client: CoreClient,
  task: TinyTask,
  steps: number,
): Promise<JobInput> {
  const quiet = () => undefined;
  await prepareEnvironment(client, quiet);
  const { models } = await client.request("models.addFolder", { path: task.modelPath });
  const model = models.find(({ path }) => path === task.modelPath);
  if (model === undefined) throw new Error(`No model was found in ${task.modelPath}.`);
  const source = { kind: "path", path: task.rowsPath } as const;
  const dataset = await prepareDataset(client, source, quiet);
  return jobInputSchema.parse({
    name: "Tortured",
    datasetId: dataset.id,
    modelId: model.id,
    presetId: "custom",
    hyperparameters: {
      ...sampleHyperparameters,
      rank: 4,
      batch_size: 2,
      epochs: 1000,
      max_steps: steps,
      max_sequence_tokens: 64,
      validation_share: 0.1,
      evaluate_every_steps: 20,
      checkpoint_every_steps: 10,
    },
    device: { kind: "cpu" },
    accounting: { retries: 10 },
  });
}
