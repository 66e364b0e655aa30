import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunEvent, runEventSchema } from "../../shared/contract/run-folder.ts";

/** What a run has come to, from its own files. */
export interface RunRecord {
  /** The last word of events.jsonl on each step. */
  steps: ReadonlyMap<number, StepRecord>;
  /** By file name, the content's hash of each adapter file that training decides. */
  adapter: ReadonlyMap<string, string>;
  attempts: number;
  /** Whether every event has a number of its own, in order: else two trainers wrote at once. */
  isInOrder: boolean;
}

export interface StepRecord {
  trainingLoss: number | null;
  validationLoss: number | null;
  learningRate: number | null;
  gradientNorm: number | null;
  tokensPerSecond: number | null;
  memoryMb: number | null;
}

export function readRunRecord(runPath: string): RunRecord {
  const events = readFileSync(join(runPath, "events.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => runEventSchema.parse(JSON.parse(line)));
  const steps = new Map<number, StepRecord>();
  for (const event of events) takeEvent(steps, event);
  return {
    steps,
    adapter: hashAdapter(join(runPath, "adapter")),
    attempts: new Set(events.map(({ attempt }) => attempt)).size,
    isInOrder: events.every(({ seq }, at) => at === 0 || seq > (events[at - 1]?.seq ?? -1)),
  };
}

function takeEvent(steps: Map<number, StepRecord>, event: RunEvent): void {
  if (event.type === "step") {
    steps.set(event.step, {
      trainingLoss: event.loss,
      validationLoss: steps.get(event.step)?.validationLoss ?? null,
      learningRate: event.learning_rate,
      gradientNorm: event.grad_norm,
      tokensPerSecond: event.tokens_per_second,
      memoryMb: event.memory_mb,
    });
  } else if (event.type === "eval") {
    const nothing = {
      trainingLoss: null,
      learningRate: null,
      gradientNorm: null,
      tokensPerSecond: null,
      memoryMb: null,
    };
    steps.set(event.step, { ...nothing, ...steps.get(event.step), validationLoss: event.loss });
  }
}

/** Without the model card, which has times and the name of the run. */
function hashAdapter(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter(
    (name) => name.endsWith(".safetensors") || name === "adapter_config.json",
  );
  return new Map(
    names.sort().map((name) => {
      const content = readFileSync(join(folder, name));
      const compared = name.endsWith(".json") ? inOrder(content.toString("utf8")) : content;
      return [name, createHash("sha256").update(compared).digest("hex")];
    }),
  );
}

/** The names of layers are a set to PEFT, which writes them in any order. */
function inOrder(config: string): string {
  const fields = JSON.parse(config) as { target_modules: string | string[] };
  const { target_modules: modules } = fields;
  const sorted = typeof modules === "string" ? modules : modules.toSorted();
  return JSON.stringify({ ...fields, target_modules: sorted });
}
