import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";

interface PromisedParts {
  tables: { name: string; columns: { name: string; sql: string }[]; sql: string }[];
  functions: { name: string; arguments: string; sql: string }[];
}

/** What a project must have, as `supabase/foundation.json` describes it, with the SQL that makes it. */
export interface ProjectPromise extends PromisedParts {
  buckets: { id: string; sql: string }[];
  /** What it may do without, whole. */
  optional: (PromisedParts & { name: string; sql: string })[];
}

const STORAGE_MIGRATION = "supabase/migrations/20241224_create_lora_storage.sql";

const partsSchema = z.object({
  tables: z.record(
    z.string(),
    z.object({
      migration: z.string(),
      columns: z.array(
        z.object({
          name: z.string(),
          type: z.string(),
          nullable: z.boolean(),
          default: z.string().nullable(),
        }),
      ),
    }),
  ),
  functions: z.array(
    z.object({
      migration: z.string(),
      schema: z.string(),
      name: z.string(),
      arguments: z.string(),
      executableBy: z.array(z.string()),
    }),
  ),
});
type Parts = z.infer<typeof partsSchema>;

const descriptionSchema = partsSchema.extend({
  storage: z.object({ buckets: z.array(z.object({ id: z.string() })) }),
  optional: z.record(z.string(), partsSchema.extend({ migration: z.string() })),
});

/** @param supabasePath the folder with `foundation.json` and `migrations`. */
export function readProjectPromise(supabasePath: string): ProjectPromise {
  const text = readFileSync(join(supabasePath, "foundation.json"), "utf8");
  const { storage, optional, ...foundation } = descriptionSchema.parse(JSON.parse(text));
  const readMigrations = (names: string[]): string =>
    [...new Set(names)]
      .map((name) => readFileSync(join(supabasePath, "migrations", basename(name)), "utf8"))
      .join("\n\n");
  return {
    ...promisedParts(foundation, readMigrations),
    buckets: storage.buckets.map(({ id }) => ({ id, sql: readMigrations([STORAGE_MIGRATION]) })),
    optional: Object.entries(optional).map(([name, { migration, ...parts }]) => ({
      name,
      sql: readMigrations([migration]),
      ...promisedParts(parts, readMigrations),
    })),
  };
}

function promisedParts(
  { tables, functions }: Parts,
  readMigrations: (names: string[]) => string,
): PromisedParts {
  // The triggers of a table call functions, so these are made along with it.
  const functionMigrations = functions.map(({ migration }) => migration);
  return {
    tables: Object.entries(tables).map(([name, { migration, columns }]) => ({
      name,
      sql: readMigrations([migration, ...functionMigrations]),
      columns: columns.map((column) => ({
        name: column.name,
        sql: `alter table public.${name} add column ${column.name} ${column.type}${column.nullable ? "" : " not null"}${column.default === null ? "" : ` default ${column.default}`};`,
      })),
    })),
    functions: functions
      .filter(
        ({ schema, executableBy }) => schema === "public" && executableBy.includes("authenticated"),
      )
      .map(({ name, arguments: parameters, migration }) => ({
        name,
        arguments: parameters,
        sql: readMigrations([migration]),
      })),
  };
}
