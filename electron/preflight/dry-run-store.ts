import { createHash } from "node:crypto";
import { z } from "zod";
import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";
import { trainerFailureSchema } from "../python/trainer-failure.ts";
import type { Store } from "../store/open-store.ts";

export const dryRunResultSchema = z.union([
  z.object({
    rows: z.int().positive(),
    longest_tokens: z.int().positive(),
    step_ms: z.number(),
    memory_mb: z.number(),
    memory_limit_mb: z.number().nullable(),
  }),
  /** That it does not fit is a result too. */
  z.object({ does_not_fit: trainerFailureSchema }),
]);
export type DryRunResult = z.infer<typeof dryRunResultSchema>;

export interface DryRunFacts {
  modelPath: string;
  /** Changes with the model's files. */
  modelBytes: number;
  datasetSha256: string;
  format: string;
  settings: Hyperparameters;
  /** "CPU", or the GPUs' names. */
  device: string;
  appVersion: string;
}

/** What changes neither the memory nor the time of a step. */
const IRRELEVANT = [
  "alpha",
  "learning_rate",
  "schedule",
  "warmup_share",
  "warmup_steps",
  "weight_decay",
  "max_gradient_norm",
  "epochs",
  "max_steps",
  "evaluate_every_steps",
  "checkpoint_every_steps",
  "early_stopping_patience",
  "adapter_from",
  "sample_prompts",
  "sample_every_steps",
  "sample_max_tokens",
] as const satisfies (keyof Hyperparameters)[];

/**
 * The same for all wishes that need the same memory and the same time for a step. The seed and the
 * share held out count: which rows are the longest depends on them.
 */
export function dryRunKey({ settings, ...facts }: DryRunFacts): string {
  const irrelevant: ReadonlySet<string> = new Set(IRRELEVANT);
  const relevant = Object.entries(settings).filter(([name]) => !irrelevant.has(name));
  const sorted = relevant.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([facts, sorted]))
    .digest("hex");
}

export class DryRunStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  find(key: string): DryRunResult | null {
    const row = this.#store.prepare("SELECT result FROM dry_runs WHERE key = ?").get(key);
    if (row === undefined) return null;
    return dryRunResultSchema.safeParse(JSON.parse(String(row["result"]))).data ?? null;
  }

  save(key: string, result: DryRunResult, at: string): void {
    this.#store
      .prepare(
        `INSERT INTO dry_runs (key, result, measured_at) VALUES (?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET
           result = excluded.result, measured_at = excluded.measured_at`,
      )
      .run(key, JSON.stringify(result), at);
  }
}
