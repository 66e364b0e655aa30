import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { openStack } from "../supabase-stack/open-stack.ts";

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
  /** Applies all migrations once more. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/** What a new Supabase project has, and our migrations; gone when closed. */
export async function openScratchDatabase(): Promise<ScratchDatabase> {
  const stack = await openStack({ migrations: migrationPaths() });
  return {
    url: stack.dbUrl,
    migrate: async () => {
      const client = new Client(stack.dbUrl);
      await client.connect();
      try {
        for (const path of migrationPaths()) await client.query(readFileSync(path, "utf8"));
      } finally {
        await client.end();
      }
    },
    close: () => stack.close(),
  };
}
