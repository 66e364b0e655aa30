import { AppError } from "../../shared/app-error.ts";

/** Prints one JSON line, or what a person reads. */
export function print(isJson: boolean, value: unknown, text: () => string): void {
  process.stdout.write(`${isJson ? JSON.stringify(value) : text()}\n`);
}

/** Says on stderr (or as `{ok: false, error}` on stdout) what went wrong, and sets the exit code. */
export function printFailure(isJson: boolean, error: unknown): void {
  const failure = (
    error instanceof AppError
      ? error
      : new AppError(
          "internal",
          error instanceof Error ? (error.stack ?? error.message) : String(error),
        )
  ).toFailure();
  if (isJson) process.stdout.write(`${JSON.stringify({ ok: false, error: failure })}\n`);
  else process.stderr.write(`${failure.message}\n`);
  process.exitCode = 1;
}
