import { AppError } from "../../shared/app-error.ts";

/** Says what the system's refusal to read or copy a file means. An AppError passes unchanged. */
export function fileFailure(error: unknown, fileName: string): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new AppError(
        "not_found",
        `${fileName} is not there (any more). Check the path and import it again.`,
        { cause: error },
      );
    case "EACCES":
    case "EPERM":
      return new AppError(
        "forbidden",
        `${fileName} may not be read, or the data folder may not be written. Check the permissions of both.`,
        { cause: error },
      );
    case "ENOSPC":
    case "EDQUOT":
      return new AppError(
        "unavailable",
        `The disk is full, so ${fileName} could not be copied into the library. Free some space and import it again.`,
        { cause: error },
      );
    default:
      return new AppError(
        "unavailable",
        `${fileName} could not be read to its end: ${error instanceof Error ? error.message : String(error)}. Check the disk and import it again.`,
        { cause: error },
      );
  }
}
