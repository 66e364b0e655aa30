import type { Client } from "pg";

/** In an order in which nothing is missed, though the triggers sleep while it is brought back. */
const TABLES = [
  "datasets",
  "training_jobs",
  "model_artifacts",
  "metrics_points",
  "cost_records",
  "notifications",
  "sync_changes",
] as const;
const ALL = TABLES.map((table) => `public.${table}`).join(", ");

/**
 * A backup of a real project's tables and what brings it back, in a blink: a dump and a new
 * database would take seconds. What makes it another history is another epoch.
 */
export class ProjectCopy {
  readonly #database: Client;
  /** The function that names the epoch, as the migration makes it. */
  readonly #epochFunction: string;

  private constructor(database: Client, epochFunction: string) {
    this.#database = database;
    this.#epochFunction = epochFunction;
  }

  static async of(database: Client): Promise<ProjectCopy> {
    const { rows } = await database.query<{ text: string }>(
      "select pg_get_functiondef('lora_sync.epoch()'::regprocedure) as text",
    );
    return new ProjectCopy(database, rows[0]?.text ?? "");
  }

  async empty(): Promise<void> {
    await this.#database.query(`truncate ${ALL} cascade`);
    await this.#database.query("drop schema if exists simulated_backup cascade");
    await this.#database.query(this.#epochFunction);
  }

  async save(): Promise<void> {
    const copies = TABLES.map(
      (table) => `create table simulated_backup.${table} as table public.${table}`,
    );
    await this.#database.query(
      `begin; drop schema if exists simulated_backup cascade; create schema simulated_backup;
       ${copies.join("; ")}; commit`,
    );
  }

  async bringBack(epoch: string): Promise<void> {
    const back = TABLES.map(
      (table) =>
        `insert into public.${table} overriding system value select * from simulated_backup.${table}`,
    );
    await this.#database.query(
      `begin; set local session_replication_role = replica; truncate ${ALL} cascade;
       ${back.join("; ")};
       select setval(pg_get_serial_sequence('public.sync_changes', 'id'),
         (select coalesce(max(id), 0) + 1 from public.sync_changes), false);
       create or replace function lora_sync.epoch() returns text language sql stable
         set search_path = '' as $$ select '${epoch}' $$;
       commit`,
    );
  }
}
