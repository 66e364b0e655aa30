import type { ErrorKind, Failure } from "./contract/errors.ts";

/**
 * The one error class for failures that a person or a caller can act on. Anything else that is
 * thrown is a bug and reaches clients as `internal`, without its text.
 */
export class AppError extends Error {
  readonly kind: ErrorKind;
  readonly details: Record<string, unknown> | undefined;

  constructor(
    kind: ErrorKind,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.kind = kind;
    this.details = options.details;
  }

  toFailure(): Failure {
    return this.details === undefined
      ? { kind: this.kind, message: this.message }
      : { kind: this.kind, message: this.message, details: this.details };
  }

  static fromFailure(failure: Failure): AppError {
    return new AppError(
      failure.kind,
      failure.message,
      failure.details === undefined ? {} : { details: failure.details },
    );
  }
}
