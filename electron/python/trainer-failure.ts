import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import type { ProgramEnd } from "./run-program.ts";

/** How the Python side says what went wrong. */
export const trainerFailureSchema = z.object({
  kind: z.string(),
  message: z.string(),
  remedy: z.string(),
});
export type TrainerFailure = z.infer<typeof trainerFailureSchema>;

/** What the Python side said of itself; its own kind stands in `details.reason`. */
export function failureOf({ kind, message, remedy }: TrainerFailure): AppError {
  return new AppError("unavailable", `${message} ${remedy}`.trim(), {
    details: { reason: kind, remedy },
  });
}

/**
 * A program of the trainer that ended without saying why.
 *
 * @param what “The rows could not be tokenised”.
 */
export function programFailure(what: string, pythonPath: string, end: ProgramEnd): AppError {
  const lastLines = end.lastLines
    .filter((line) => !line.startsWith("{"))
    .map((line) => line.slice(0, 500))
    .slice(-20);
  const said = lastLines.findLast((line) => line.trim() !== "")?.trim() ?? "";
  const why = end.isTimedOut
    ? "it took too long"
    : end.startError !== null
      ? `${pythonPath} cannot be started (${end.startError})`
      : `exit code ${end.exitCode ?? "none, it was ended from outside"}${said && `: ${said}`}`;
  return new AppError(
    "environment",
    `${what} (${why}). Check the training environment in Settings, then try again.`,
    { details: { lastLines } },
  );
}
