import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, escapeLiteral } from "pg";
import { SUPERUSER } from "./postgres.ts";
import type { Postgres } from "./postgres.ts";

/**
 * Gives a fresh database what a hosted project has before its first migration: roles, the schemas
 * auth, storage and extensions, and what hosted projects forbid. Everything in it may run again,
 * so kept data gets what a newer version of the stack adds.
 */
export async function prepareDatabase(postgres: Postgres, password: string): Promise<void> {
  // Loaded here, not above: loading takes long, and PostgreSQL can start meanwhile.
  const { getAuthSchemaSql } = await import("@supabase/lite");
  const roles = read("roles").replaceAll(":password", escapeLiteral(password));
  await runSql(postgres.urlOf(SUPERUSER), roles);
  await runSql(postgres.urlOf("supabase_auth_admin"), `${getAuthSchemaSql()}\n${read("auth")}`);
  await runSql(postgres.urlOf("supabase_storage_admin"), read("storage"));
  await runSql(postgres.urlOf(SUPERUSER), `${read("watch-schema")}\n${read("hosted-limits")}`);
}

/** Runs a migration file as hosted projects do: as the role `postgres`, in one transaction. */
export async function applyMigration(postgres: Postgres, path: string): Promise<void> {
  const sql = readFileSync(path, "utf8");
  try {
    await runSql(postgres.urlOf("postgres"), `begin;\n${sql}\n;commit;`);
  } catch (error) {
    throw new Error(`The migration ${path} failed${placeOf(error, sql)}: ${wordsOf(error)}`, {
      cause: error,
    });
  }
}

async function runSql(url: string, sql: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function read(name: string): string {
  return readFileSync(join(import.meta.dirname, "database", `${name}.sql`), "utf8");
}

function placeOf(error: unknown, sql: string): string {
  const position = Number((error as { position?: string }).position) - "begin;\n".length;
  if (!Number.isFinite(position)) return "";
  return ` at line ${sql.slice(0, position).split("\n").length}`;
}

function wordsOf(error: unknown): string {
  const { message, hint, where } = error as Error & { hint?: string; where?: string };
  return [message, hint, where].filter(Boolean).join(" – ");
}
