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

/** Migrations that a project may do without, by what they are called. */
const OPTIONAL = { teams: "supabase/migrations/20241226_create_teams.sql" };

/**
 * What the migrations promise, read from a database to which they have just been applied; each
 * table and function with the migration that makes it. The content of supabase/foundation.json.
 * What a project may do without stands apart, under `optional`.
 */
export async function describeFoundation(databaseUrl: string): Promise<object> {
  const { tables, functions, storage, ...rest } = await readWholeCatalogue(databaseUrl);
  const migrations = migrationPaths().map((path) => ({
    name: `supabase/migrations/${basename(path)}`,
    sql: readFileSync(path, "utf8"),
  }));
  const madeBy = (statement: string): string => {
    const found = migrations.find(({ sql }) => sql.includes(statement));
    if (found === undefined) throw new Error(`No migration has "${statement}"`);
    return found.name;
  };
  const everything = {
    tables: Object.entries(tables).map(([name, table]) => ({
      migration: madeBy(`create table if not exists public.${name} (`),
      name,
      table,
    })),
    functions: functions.map((found) => ({
      migration: madeBy(`create or replace function ${found.schema}.${found.name}(`),
      ...found,
    })),
    policies: (storage?.policies ?? []).map((policy) => ({
      migration: madeBy(`create policy "${policy.name}" on storage.objects`),
      policy,
    })),
  };
  const optional: string[] = Object.values(OPTIONAL);
  const of = (isWanted: (migration: string) => boolean) => ({
    tables: Object.fromEntries(
      everything.tables
        .filter(({ migration }) => isWanted(migration))
        .map(({ migration, name, table }) => [name, { migration, ...table }]),
    ),
    functions: everything.functions.filter(({ migration }) => isWanted(migration)),
    policies: everything.policies
      .filter(({ migration }) => isWanted(migration))
      .map(({ policy }) => policy),
  });
  const foundation = of((migration) => !optional.includes(migration));
  return {
    tables: foundation.tables,
    functions: foundation.functions,
    ...rest,
    storage: { ...storage, policies: foundation.policies },
    optional: Object.fromEntries(
      Object.entries(OPTIONAL).map(([name, migration]) => {
        const { policies, ...parts } = of((one) => one === migration);
        return [name, { migration, ...parts, storagePolicies: policies }];
      }),
    ),
  };
}
