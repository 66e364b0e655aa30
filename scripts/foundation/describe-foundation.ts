import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readWholeCatalogue } from "./catalogue.ts";
import { migrationPaths } from "./scratch-database.ts";

export const DESCRIPTION_PATH = join(
  import.meta.dirname,
  "..",
  "..",
  "supabase",
  "foundation.json",
);

/**
 * What the migrations promise, read from a database to which they have just been applied; each
 * table and function with the migration that makes it. The content of supabase/foundation.json.
 */
export async function describeFoundation(databaseUrl: string): Promise<object> {
  const { tables, functions, ...rest } = await readWholeCatalogue(databaseUrl);
  const migrations = migrationPaths().map((path) => ({
    name: `supabase/migrations/${basename(path)}`,
    sql: readFileSync(path, "utf8"),
  }));
  const madeBy = (statement: string): string => {
    const found = migrations.find(({ sql }) => sql.includes(statement));
    if (found === undefined) throw new Error(`No migration has "${statement}"`);
    return found.name;
  };
  return {
    tables: Object.fromEntries(
      Object.entries(tables).map(([name, table]) => [
        name,
        { migration: madeBy(`create table if not exists public.${name} (`), ...table },
      ]),
    ),
    functions: functions.map((found) => ({
      migration: madeBy(`create or replace function ${found.schema}.${found.name}(`),
      ...found,
    })),
    ...rest,
  };
}
