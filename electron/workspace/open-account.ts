import type { TeamSession } from "../sync/team-session.ts";

/** The account whose file is open. */
export interface OpenAccount {
  readonly id: string;
  readonly session: TeamSession;
}
