import { existsSync, renameSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { AppError } from "../../shared/app-error.ts";

/** SQL, or what SQL alone cannot do; in a transaction either way. */
export type Migration = string | ((database: DatabaseSync) => void);

/**
 * Brings a database to the newest schema, each migration in a transaction of its own, after a
 * backup beside the file (`<file>.v<n>.backup`) when there is anything to lose.
 *
 * @returns the schema version reached (`PRAGMA user_version`).
 * @throws AppError `unsupported` as `refuseNewer`.
 */
export function migrate(
  database: DatabaseSync,
  path: string,
  log: (message: string, details?: Record<string, unknown>) => void,
  migrations: readonly Migration[],
): number {
  const newest = migrations.length;
  refuseNewer(database, path, newest);
  const found = schemaVersion(database);
  if (found === newest) return found;
  if (found > 0 && path !== ":memory:") backUp(database, `${path}.v${found}.backup`);

  for (const [index, migration] of migrations.entries()) {
    const version = index + 1;
    if (version <= found) continue;
    database.exec("BEGIN IMMEDIATE");
    try {
      if (typeof migration === "string") database.exec(migration);
      else migration(database);
      database.exec(`PRAGMA user_version = ${version}`);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
    log("Store migrated", { path, version });
  }
  return newest;
}

/** @throws AppError `unsupported` when the file was written by a newer release; it stays as it is. */
export function refuseNewer(database: DatabaseSync, path: string, newest: number): void {
  const found = schemaVersion(database);
  if (found <= newest) return;
  throw new AppError(
    "unsupported",
    `${path} was written by a newer LoRA Desk (schema ${found}; this one knows up to ${newest}). Update LoRA Desk, or set LORA_DESK_HOME to another folder.`,
  );
}

function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}

/** VACUUM INTO gives a consistent copy whatever the journal mode; renamed only when whole. */
function backUp(database: DatabaseSync, target: string): void {
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  database.prepare("VACUUM INTO ?").run(partial);
  if (existsSync(target)) rmSync(target);
  renameSync(partial, target);
}
