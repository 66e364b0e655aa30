import { AppError } from "../../shared/app-error.ts";

/** What the API said of a request that it refused. */
export interface ApiRefusal {
  code: string;
  message: string;
}

const MISSING = ["PGRST202", "PGRST205", "42883", "42P01"];
const TEAMS_MIGRATION = "supabase/migrations/20241226_create_teams.sql";

/** A refusal in words. Those of our own functions are fit to be shown as they are. */
export function failureOf(status: number, { code, message }: ApiRefusal): AppError {
  const details = { status, code };
  if (MISSING.includes(code)) {
    return new AppError(
      "unsupported",
      `The project has no teams. To have them, run ${TEAMS_MIGRATION} in its SQL editor.`,
      { details },
    );
  }
  if (code === "PT404") return new AppError("not_found", `${message}.`, { details });
  if (status === 401) {
    return new AppError("forbidden", "The project refuses the session. Sign in again.", {
      details,
    });
  }
  if (code === "42501") return new AppError("forbidden", `${message}.`, { details });
  if ([408, 409, 429].includes(status) || status >= 500) {
    return new AppError(
      "unavailable",
      `The project is busy (${status}${code === "" ? "" : `, ${code}`}). Try again in a moment.`,
      { details },
    );
  }
  return new AppError("invalid_input", `The project refuses this: ${message || status}.`, {
    details,
  });
}

/** Whether it is the teams' migration that the project lacks. */
export function isWithoutTeams(error: unknown): boolean {
  return error instanceof AppError && error.kind === "unsupported";
}
