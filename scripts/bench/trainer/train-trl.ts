import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { runPython } from "./python-program.ts";
import type { Trained, TrainingTask } from "./training-task.ts";

/** See VARIANTS in train_with_trl.py. */
export const TRL_VARIANTS = ["padding", "by_length", "packing"] as const;
export type TrlVariant = (typeof TRL_VARIANTS)[number];

const resultSchema = z.object({
  steps: z.array(z.object({ ts: z.number(), tokens: z.number() })),
  memory_mb: z.number(),
  tokens: z.int(),
  label_tokens: z.int(),
  trainable_parameters: z.int(),
  threads: z.int(),
});

export async function trainTrl(
  peer: string,
  task: TrainingTask,
  variant: TrlVariant,
): Promise<Trained> {
  mkdirSync(task.folder, { recursive: true });
  const path = join(task.folder, "task.json");
  const device = task.gpu === null ? "cpu" : "cuda";
  writeFileSync(path, JSON.stringify({ ...task, device, variant }));
  const began = Date.now() / 1000;
  await runPython(peer, "train_with_trl.py", ["--task", path], { gpu: task.gpu });
  const result = resultSchema.parse(
    JSON.parse(readFileSync(join(task.folder, "result.json"), "utf8")),
  );
  return {
    steps: result.steps,
    memoryMb: result.memory_mb,
    secondsToFirstStep: (result.steps[0]?.ts ?? Number.NaN) - began,
    tokens: result.tokens,
    labelTokens: result.label_tokens,
    trainableParameters: result.trainable_parameters,
    adapter: join(task.folder, "adapter"),
    settings: { variant, threads: result.threads },
  };
}
