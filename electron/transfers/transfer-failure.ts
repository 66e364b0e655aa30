import { AppError } from "../../shared/app-error.ts";
import { ServerFault } from "../sync/team-server.ts";
import type { StorageLimits } from "./storage-limits.ts";
import { StorageRefusal } from "./storage-fault.ts";
import type { TransferRecord } from "./transfer-record.ts";

/** What stands in the way of a transfer that is tried again by itself, in words. */
export function faultInWords({ kind, message, status }: ServerFault): AppError {
  switch (kind) {
    case "unreachable":
      return new AppError(
        "unavailable",
        `The project cannot be reached (${message}). It is tried again by itself; what has been moved is kept.`,
      );
    case "busy":
      return new AppError(
        "unavailable",
        `The project is busy (${status ?? "no status"}: ${message}). It is tried again by itself.`,
      );
    case "unauthorised":
      return new AppError(
        "forbidden",
        "The session has ended. Sign in again; it then goes on where it stopped.",
      );
    case "refused":
      return new AppError("forbidden", `The project refuses it: ${message}.`);
  }
}

/** For what a person waits for: what goes wrong is told at once, not tried again. */
export async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ServerFault) throw faultInWords(error);
    if (!(error instanceof StorageRefusal)) throw error;
    throw new AppError("forbidden", `The project refuses it: ${error.message}.`, { cause: error });
  }
}

/** Why a transfer has failed for good, until somebody does something about it. */
export function failureInWords(
  error: unknown,
  record: TransferRecord,
  limits: StorageLimits,
): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof ServerFault) return faultInWords(error);
  if (error instanceof StorageRefusal) return refusalInWords(error, record, limits);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new AppError(
      "environment",
      `The disk is full: ${record.fileName} could not be written to ${record.path}. Free some space, then go on.`,
      { cause: error },
    );
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new AppError(
      "environment",
      `${record.path} cannot be written or read (${code}). Check the rights of the data folder, then go on.`,
      { cause: error },
    );
  }
  return new AppError("internal", `${record.fileName} could not be moved: ${message}.`, {
    cause: error,
  });
}

function refusalInWords(
  refusal: StorageRefusal,
  record: TransferRecord,
  limits: StorageLimits,
): AppError {
  const { bucket, contentType, fileName, direction } = record;
  const options = { cause: refusal };
  switch (refusal.status) {
    case 413:
      return limits.tooLarge(record);
    case 415:
      return new AppError(
        "unsupported",
        `The bucket ${bucket} does not take files of the type ${contentType} (${fileName}). Run the team's storage migration again; it sets the types back.`,
        options,
      );
    case 404:
      return new AppError(
        "not_found",
        `The project has no bucket ${bucket}, or does not show it to this account. Run the team's storage migration.`,
        options,
      );
    case 401:
    case 403:
      return new AppError(
        "forbidden",
        `The project does not let this account ${direction} ${fileName}: ${refusal.message}. Check the policies of the bucket ${bucket}.`,
        options,
      );
    default:
      return new AppError(
        "unavailable",
        `The project refuses ${fileName} (${refusal.status}: ${refusal.message}).`,
        options,
      );
  }
}
