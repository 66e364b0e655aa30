import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import type { DatasetFormat } from "../../shared/contract/datasets.ts";
import type { RunConfig } from "../../shared/contract/run-folder.ts";
import type { TokenInspection } from "../../shared/contract/tokens.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { failureOf, programFailure, trainerFailureSchema } from "../python/trainer-failure.ts";
import { runTrainerModule } from "../python/trainer-module.ts";
import { inspectedRowOf, type InspectionReply, inspectionReplySchema } from "./inspected-rows.ts";

const TIMEOUT_MS = 60_000;

export interface InspectRowsOptions {
  trainerPath: string;
  env: NodeJS.ProcessEnv;
  pythonFor: (signal?: AbortSignal) => Promise<{ pythonPath: string }>;
  /** Writes these rows of the dataset, and no others, to a file in `folder`. */
  copyRows: (
    datasetId: string,
    rows: readonly number[],
    folder: string,
  ) => Promise<{ path: string; sha256: string }>;
}

export interface InspectionWish {
  dataset: { id: string; name: string; format: DatasetFormat };
  model: { id: string; name: string; path: string };
  rows: readonly number[];
  maxSequenceTokens: number;
  longRows: "drop" | "truncate" | "split";
}

const errorLineSchema = z.object({ error: trainerFailureSchema });

/**
 * Has the trainer tokenise rows just as a run would, in a process of its own. It gets a file that
 * holds these rows alone, so it is as quick at the end of a large dataset as at its beginning.
 */
export async function inspectRows(
  options: InspectRowsOptions,
  wish: InspectionWish,
  signal: AbortSignal,
): Promise<TokenInspection> {
  const { pythonPath } = await options.pythonFor(signal);
  const folder = await mkdtemp(join(tmpdir(), "lora-desk-tokens-"));
  try {
    const file = await options.copyRows(wish.dataset.id, wish.rows, folder);
    const configPath = join(folder, "config.json");
    await writeFile(configPath, JSON.stringify(configOf(wish, file)), { mode: 0o600 });
    const reply = await ask(options, pythonPath, configPath, wish.rows.length, signal);
    return {
      datasetId: wish.dataset.id,
      modelId: wish.model.id,
      template: reply.template,
      marking: reply.marking,
      maxSequenceTokens: reply.max_sequence_tokens,
      rows: wish.rows.map((row, position) => {
        const inspected = reply.rows.find((candidate) => candidate.row === position);
        if (inspected !== undefined) return inspectedRowOf(inspected, row);
        throw new AppError(
          "internal",
          `The trainer left out row ${row} of “${wish.dataset.name}”.`,
        );
      }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ask(
  { trainerPath, env }: InspectRowsOptions,
  pythonPath: string,
  configPath: string,
  count: number,
  signal: AbortSignal,
): Promise<InspectionReply> {
  let reply: InspectionReply | null = null;
  let error: AppError | null = null;
  const end = await runTrainerModule(
    {
      pythonPath,
      trainerPath,
      module: "lora_trainer.inspect_rows",
      args: ["--config", configPath, "--first", String(count)],
      env,
    },
    { signal, timeoutMs: TIMEOUT_MS },
    (value) => {
      reply ??= inspectionReplySchema.safeParse(value).data ?? null;
      const said = errorLineSchema.safeParse(value);
      if (said.success) error = failureOf(said.data.error);
    },
  );
  if (signal.aborted) throw new AppError("cancelled", "Looking at the tokens was cancelled.");
  if (error !== null) throw error as AppError;
  if (end.exitCode === 0 && reply !== null) return reply;
  throw programFailure("The rows could not be tokenised", pythonPath, end);
}

/** A whole configuration: the trainer reads it as it reads a run's. */
function configOf(wish: InspectionWish, file: { path: string; sha256: string }): RunConfig {
  const { label: _label, use_when: _useWhen, ...preset } = HYPERPARAMETER_PRESETS.balanced;
  const { id, name, format } = wish.dataset;
  return {
    v: 1,
    run: randomUUID(),
    name: `Tokens of ${name}`,
    created_at: new Date().toISOString(),
    app_version: "",
    base_model: { name: wish.model.name, path: wish.model.path },
    dataset: { id, name, format, ...file },
    hyperparameters: {
      ...preset,
      max_sequence_tokens: wish.maxSequenceTokens,
      long_rows: wish.longRows,
    },
    device: { kind: "cpu" },
  };
}
