import type { ProjectData } from "./model/project-data.ts";

export interface ProjectReply {
  status: number;
  body: string;
}

/** The team's project at the other end of the network: the model of one, or a real one. */
export interface Project {
  /** What it holds now, for those who judge and for those who download. */
  readonly data: Pick<ProjectData, "rows" | "metrics" | "feed">;
  readonly epoch: string;
  /** Rows that were deleted at any time, also in a history that a restored backup took back. */
  readonly everDeleted: ReadonlySet<string>;
  /** Nothing is in it, and these are its users. */
  begin(users: readonly string[]): Promise<void>;
  /**
   * Answers a call of one of the functions; the user is null when the token has run out.
   *
   * @returns null when no answer comes, and nobody knows whether it was carried out.
   */
  answer(userId: string | null, name: string, body: string): Promise<ProjectReply | null>;
  /** A transaction of somebody else begins and stays open: newer entries are not given out yet. */
  holdHorizon(): Promise<void>;
  releaseHorizon(): Promise<void>;
  backUp(): Promise<void>;
  /** As it was at the backup, under another epoch. */
  restore(): Promise<void>;
  /** Every connection is cut, and transactions that are open have never been. */
  restart(): Promise<void>;
}
