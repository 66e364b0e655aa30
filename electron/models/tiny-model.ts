import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import { pythonProcessEnv } from "../python/python-process-env.ts";
import { runProgram } from "../python/run-program.ts";

/** The folder's name in the own model folder. */
export const TINY_FOLDER = "lora-desk-tiny";

const TIMEOUT_MS = 15 * 60_000;
const progressSchema = z.object({ message: z.string(), share: z.number().min(0).max(1) });
export type TinyProgress = z.infer<typeof progressSchema>;

export interface CreateTinyOptions {
  pythonPath: string;
  trainerPath: string;
  targetPath: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  onProgress: (progress: TinyProgress) => void;
}

/**
 * Makes the tiny base model: a toy, trained in seconds, to try everything out without a download.
 * @throws AppError with the last lines that it printed.
 */
export async function createTinyModel(options: CreateTinyOptions): Promise<void> {
  const { pythonPath, trainerPath, targetPath, env, signal, onProgress } = options;
  let share = 0;
  let madePath: string | null = null;
  const end = await runProgram(pythonPath, ["-m", "lora_trainer.tiny_model", "--out", targetPath], {
    cwd: trainerPath,
    env: { ...pythonProcessEnv(env), PYTHONPATH: trainerPath, HF_HUB_OFFLINE: "1" },
    signal,
    timeoutMs: TIMEOUT_MS,
    onStdoutLine: (line) => {
      const json = parseJson(line);
      const progress = progressSchema.safeParse(json);
      if (progress.success) {
        share = Math.max(share, progress.data.share);
        onProgress({ message: progress.data.message, share });
      }
      madePath = z.object({ path: z.string() }).safeParse(json).data?.path ?? madePath;
    },
  });
  if (signal.aborted) throw new AppError("cancelled", "Making the tiny base model was cancelled.");
  if (end.exitCode === 0 && madePath !== null) return;

  const lastLines = end.lastLines.filter((line) => parseJson(line) === null).slice(-20);
  const said = lastLines.findLast((line) => line.trim() !== "") ?? "";
  const why = end.isTimedOut
    ? "it took longer than 15 minutes"
    : end.startError !== null
      ? `${pythonPath} cannot be started (${end.startError})`
      : `exit code ${end.exitCode ?? "none, it was ended from outside"}${said && `: ${said.trim().slice(0, 300)}`}`;
  throw new AppError(
    "environment",
    `The tiny base model could not be made (${why}). Check the training environment in Settings, then try again.`,
    { details: { lastLines } },
  );
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
