import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openPostgres } from "../supabase-stack/postgres.ts";
import { applyMigration, prepareDatabase } from "../supabase-stack/prepare-database.ts";
import { openStackFolder } from "../supabase-stack/stack-folder.ts";

const MIGRATIONS_FOLDER = join(import.meta.dirname, "..", "..", "supabase", "migrations");

export function migrationPaths(): string[] {
  return readdirSync(MIGRATIONS_FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => join(MIGRATIONS_FOLDER, name));
}

export interface ScratchDatabase {
  /** As the role `postgres`, which migrations run as. */
  url: string;
  /** Applies all migrations, as often as it is called. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/** A PostgreSQL with what a new Supabase project has, and our migrations; gone when closed. */
export async function openScratchDatabase(): Promise<ScratchDatabase> {
  const folder = await openStackFolder(undefined);
  const password = crypto.randomUUID();
  const postgres = await openPostgres({
    folder: folder.path,
    password,
    isThrownAway: true,
    log: () => undefined,
  });
  const close = async () => {
    await postgres.close();
    folder.close();
  };
  const migrate = async () => {
    for (const path of migrationPaths()) await applyMigration(postgres, path);
  };
  try {
    await prepareDatabase(postgres, password);
    await migrate();
  } catch (error) {
    await close();
    throw error;
  }
  return { url: postgres.urlOf("postgres"), migrate, close };
}
