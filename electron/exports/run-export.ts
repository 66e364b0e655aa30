import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import type { Export } from "../../shared/contract/exports.ts";
import { failureOf, programFailure, trainerFailureSchema } from "../python/trainer-failure.ts";
import { runTrainerModule } from "../python/trainer-module.ts";
import { removeUnfinished } from "./unfinished-export.ts";

/** Removing some ten gigabytes that were half written may take a while. */
const TIDY_UP_MS = 30_000;

const messageSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("progress"),
    share: z.number().transform((share) => Math.min(1, Math.max(0, share))),
    message: z.string(),
  }),
  z.object({
    type: z.literal("done"),
    path: z.string(),
    files: z.array(z.object({ name: z.string(), bytes: z.int().nonnegative() })),
    checks: z.array(z.string()),
    command: z.string().nullable(),
    notes: z.array(z.string()),
  }),
  trainerFailureSchema.extend({ type: z.literal("error") }),
]);
type Message = z.infer<typeof messageSchema>;
export type ExportResult = Omit<Extract<Message, { type: "done" }>, "type">;
export type ExportProgress = Omit<Extract<Message, { type: "progress" }>, "type">;

export interface RunExportOptions {
  trainerPath: string;
  env: NodeJS.ProcessEnv;
  pythonFor: (signal?: AbortSignal) => Promise<{ pythonPath: string }>;
}

/**
 * Has the trainer write, and check, what was asked for. It writes beside the target and renames at
 * the end: however this ends, there is a whole export or none.
 *
 * @throws AppError that says why there is none.
 */
export async function runExport(
  options: RunExportOptions,
  wish: Pick<Export, "format" | "outtype" | "isMergedFirst" | "name" | "targetPath">,
  places: { adapterPath: string; basePath: string; llamaCppPath: string | null },
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
): Promise<ExportResult> {
  const { pythonPath } = await options.pythonFor(signal);
  let result: ExportResult | null = null;
  let error: AppError | null = null;
  const end = await runTrainerModule(
    {
      pythonPath,
      trainerPath: options.trainerPath,
      module: "lora_trainer.exports",
      args: exportArguments(wish, places),
      env: options.env,
    },
    { signal, killAfterMs: TIDY_UP_MS },
    (value) => {
      const message = messageSchema.safeParse(value).data;
      if (message?.type === "progress") onProgress(message);
      if (message?.type === "done") result = withoutType(message);
      if (message?.type === "error") error = failureOf(message);
    },
  );
  // Ended by a signal, it could not tidy up.
  if (end.exitCode === null && end.startError === null) await removeUnfinished(wish);
  // What is whole is whole, even if it was to be ended a moment before.
  if (end.exitCode === 0 && result !== null) return result;
  if (signal.aborted) throw new AppError("cancelled", "The export was cancelled.");
  if (error !== null) throw error as AppError;
  throw programFailure("The adapter could not be exported", pythonPath, end);
}

function exportArguments(
  wish: Parameters<typeof runExport>[1],
  places: Parameters<typeof runExport>[2],
): string[] {
  const { adapterPath, basePath, llamaCppPath } = places;
  return [
    `--adapter=${adapterPath}`,
    `--base=${basePath}`,
    `--format=${wish.format}`,
    `--name=${wish.name}`,
    // vLLM needs no files: it takes base and adapter where they are.
    ...(wish.format === "vllm" ? [] : [`--to=${wish.targetPath}`]),
    ...(llamaCppPath === null ? [] : [`--llama-cpp=${llamaCppPath}`]),
    ...(wish.outtype === null ? [] : [`--outtype=${wish.outtype}`]),
    ...(wish.isMergedFirst ? ["--merged-first"] : []),
  ];
}

function withoutType({ type: _type, ...result }: Extract<Message, { type: "done" }>): ExportResult {
  return result;
}
