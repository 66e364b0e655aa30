import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import {
  type RunConfig,
  type RunEvent,
  runEventSchema,
  runExitSchema,
} from "../../../shared/contract/run-folder.ts";
import { benchEnv, trainerPath } from "./python-program.ts";
import type { Trained, TrainingTask } from "./training-task.ts";

/** Our trainer as the app starts it: a run folder, and the runner that looks after the trainer. */
export async function trainOurs(python: string, task: TrainingTask): Promise<Trained> {
  mkdirSync(task.folder, { recursive: true });
  const config: RunConfig = {
    v: 1,
    run: randomUUID(),
    name: "Benchmark",
    created_at: new Date().toISOString(),
    app_version: "benchmark",
    base_model: { name: task.shape, path: task.model },
    dataset: {
      id: randomUUID(),
      name: "Benchmark rows",
      path: task.rows,
      format: "question_answer",
      sha256: createHash("sha256").update(readFileSync(task.rows)).digest("hex"),
    },
    hyperparameters: task.hyperparameters,
    device: task.gpu === null ? { kind: "cpu" } : { kind: "cuda", uuids: [task.gpu] },
  };
  writeFileSync(join(task.folder, "config.json"), JSON.stringify(config));
  const began = Date.now() / 1000;
  const runner = [join(trainerPath, "runner.py"), "--run", task.folder, "--attempt", "1"];
  await execa(python, runner, { env: benchEnv(task.gpu), extendEnv: false, stdio: "ignore" });
  const exit = runExitSchema.parse(JSON.parse(read(task.folder, "exit.json")));
  if (exit.cause !== "completed") {
    const log = read(task.folder, "log.txt").split("\n").slice(-15).join("\n");
    throw new Error(`Our trainer ended with ${exit.cause}: ${exit.message}\n${log}`);
  }
  return trained(task, began);
}

function trained(task: TrainingTask, began: number): Trained {
  const events: RunEvent[] = read(task.folder, "events.jsonl")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => runEventSchema.parse(JSON.parse(line)));
  const steps = events.filter((event) => event.type === "step");
  const plan = events.find((event) => event.type === "status" && event.plan !== undefined);
  if (plan?.type !== "status" || plan.plan === undefined) throw new Error("The run has no plan.");
  return {
    steps: steps.map(({ ts, tokens }) => ({ ts, tokens })),
    memoryMb: Math.max(...steps.map((step) => step.memory_mb)),
    secondsToFirstStep: (steps[0]?.ts ?? Number.NaN) - began,
    tokens: plan.plan.data.train_tokens,
    labelTokens: plan.plan.data.label_tokens,
    trainableParameters: plan.plan.trainable_parameters,
    adapter: join(task.folder, "adapter"),
    settings: {
      precision: plan.plan.precision,
      isPacked: plan.plan.is_packed ?? false,
      attention: plan.plan.attention ?? "sdpa",
    },
  };
}

function read(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}
