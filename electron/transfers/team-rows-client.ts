import type { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import { teamRowSchemas } from "../../shared/types/team-rows.ts";
import type { ElsewhereStore } from "../sync/elsewhere-store.ts";
import type { StorageClient } from "./storage-client.ts";

type FetchedTable = "datasets" | "model_artifacts" | "training_jobs";
export type TeamRow<T extends FetchedTable> = z.infer<(typeof teamRowSchemas)[T]>;

const WORDS: Record<FetchedTable, string> = {
  datasets: "dataset",
  model_artifacts: "adapter",
  training_jobs: "job",
};

/**
 * Rows as the project has them now. A colleague's are in no table that this account may read: of these
 * there is what was shown last of what is shared.
 */
export class TeamRows {
  readonly #client: StorageClient;
  readonly #projectUrl: string;
  readonly #shared: Pick<ElsewhereStore, "sharedRow">;

  constructor(
    client: StorageClient,
    projectUrl: string,
    shared: Pick<ElsewhereStore, "sharedRow">,
  ) {
    this.#client = client;
    this.#projectUrl = projectUrl;
    this.#shared = shared;
  }

  /**
   * Whether a row that is not deleted there names the place, or is of a file that belongs there: one
   * whose upload may have begun on another machine, or that was restored there.
   */
  async isNeeded(
    table: "datasets" | "model_artifacts",
    storagePath: string,
    sha256: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const names = `storage_path.eq."${storagePath}"`;
    const query = new URLSearchParams({
      or: table === "datasets" ? `(${names},sha256.eq.${sha256})` : `(${names})`,
      deleted_at: "is.null",
      select: "id",
      limit: "1",
    });
    const url = `${this.#projectUrl}/rest/v1/${table}?${query.toString()}`;
    const answer = await this.#client.send({ method: "GET", url, signal });
    return ((await answer.json()) as unknown[]).length > 0;
  }

  /** @throws AppError `not_found` when there is no such row that this account may see. */
  async fetch<T extends FetchedTable>(
    table: T,
    id: string,
    signal: AbortSignal,
  ): Promise<TeamRow<T>> {
    const answer = await this.#client.send({
      method: "GET",
      url: `${this.#projectUrl}/rest/v1/${table}?id=eq.${encodeURIComponent(id)}&select=*`,
      signal,
    });
    const rows = (await answer.json()) as unknown[];
    const row = rows[0] ?? this.#shared.sharedRow(table, id);
    if (row === null) {
      throw new AppError(
        "not_found",
        `The project has no such ${WORDS[table]} (any more), or it is not shared with this account.`,
      );
    }
    return teamRowSchemas[table].parse(row) as TeamRow<T>;
  }
}
