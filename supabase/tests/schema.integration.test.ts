import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { MetricsStore } from "../../electron/jobs/metrics-store.ts";
import { openStore, type Store } from "../../electron/store/open-store.ts";
import { type Catalogue, readWholeCatalogue } from "../../scripts/foundation/catalogue.ts";
import {
  describeFoundation,
  DESCRIPTION_PATH,
} from "../../scripts/foundation/describe-foundation.ts";
import {
  openScratchDatabase,
  type ScratchDatabase,
} from "../../scripts/foundation/scratch-database.ts";
import { type TeamTable, teamRowSchemas } from "../../shared/types/team-rows.ts";

/*
 * Three places know the columns: the migrations, the row types, and the local store. Here they are
 * read from the databases themselves and compared. Points of metrics lie in blocks here, so what
 * counts are the rows that the store makes of them.
 */
const COLUMN_COUNTS = {
  datasets: 21,
  training_jobs: 25,
  metrics_points: 10,
  model_artifacts: 14,
  cost_records: 8,
  notifications: 10,
  sync_changes: 11,
  // Of the teams, which a project may do without.
  teams: 3,
  team_members: 4,
  team_invitations: 4,
  shared_jobs: 4,
};
const TEAM_TABLES = Object.keys(teamRowSchemas) as TeamTable[];

let database: ScratchDatabase;
let catalogue: Catalogue;
let store: Store;

beforeAll(async () => {
  database = await openScratchDatabase();
  catalogue = await readWholeCatalogue(database.url);
  store = openStore({ path: ":memory:", log: () => undefined });
});
afterAll(async () => {
  store?.close();
  await database?.close();
});

test("the tables have the columns that were promised", () => {
  const counts = Object.entries(catalogue.tables).map(([name, { columns }]) => [
    name,
    columns.length,
  ]);
  expect(Object.fromEntries(counts)).toEqual(COLUMN_COUNTS);
});

test("supabase/foundation.json is what the migrations make (else: write-description.ts)", async () => {
  const written: unknown = JSON.parse(readFileSync(DESCRIPTION_PATH, "utf8"));
  expect(await describeFoundation(database.url)).toEqual(written);
});

test("the migrations may be run twice", async () => {
  const once = await describeFoundation(database.url);
  await database.migrate();
  expect(await describeFoundation(database.url)).toEqual(once);
});

describe.each(TEAM_TABLES)("%s", (table) => {
  test("has the same columns in the database, in the types and in the local store", () => {
    const inDatabase = catalogue.tables[table]!.columns.map(({ name }) => name);
    expect(Object.keys(teamRowSchemas[table].shape)).toEqual(inDatabase);
    expect(localColumns(table).map(({ name }) => name)).toEqual(inDatabase);
  });

  test("has the same kinds of values and the same nulls", () => {
    for (const column of catalogue.tables[table]!.columns) {
      const schema = schemaOf(table, column.name);
      const local = localColumns(table).find(({ name }) => name === column.name)!;
      const where = `${table}.${column.name}`;
      expect([where, kindOfSchema(schema)]).toEqual([where, kindOfType(column.type)]);
      expect([where, local.type]).toEqual([where, SQLITE_TYPES[kindOfType(column.type)]]);
      expect([where, schema.safeParse(null).success]).toEqual([where, column.nullable]);
      // Without an account there is no user; once synced, every row has one.
      const isNullableHere = column.nullable || column.name === "user_id";
      expect([where, local.isNullable]).toEqual([where, isNullableHere]);
    }
  });

  test("allows the same words", () => {
    const inDatabase = wordsOf(
      catalogue.tables[table]!.constraints.map(({ definition }) => definition),
    );
    const inTypes = Object.fromEntries(
      Object.keys(teamRowSchemas[table].shape)
        .map((column) => [column, optionsOf(schemaOf(table, column))] as const)
        .filter(([, words]) => words !== null),
    );
    expect(inTypes).toEqual(inDatabase);
    expect(wordsOf([localDefinition(table)])).toEqual(inDatabase);
  });
});

type Kind = "text" | "time" | "json" | "integer" | "real" | "boolean";
const SQLITE_TYPES: Record<Kind, string> = {
  text: "TEXT",
  time: "TEXT",
  json: "TEXT",
  integer: "INTEGER",
  boolean: "INTEGER",
  real: "REAL",
};

function kindOfType(type: string): Kind {
  if (type === "uuid" || type === "text") return "text";
  if (type === "timestamp with time zone") return "time";
  if (type === "jsonb") return "json";
  if (type === "integer" || type === "bigint") return "integer";
  if (type === "double precision" || type.startsWith("numeric")) return "real";
  if (type === "boolean") return "boolean";
  throw new Error(`The tests do not know the type ${type}`);
}

function kindOfSchema(nullable: z.ZodType): Kind {
  const schema = withoutNull(nullable);
  if (schema instanceof z.ZodISODateTime) return "time";
  if (schema instanceof z.ZodBoolean) return "boolean";
  if (schema instanceof z.ZodNumber) return schema.isInt ? "integer" : "real";
  const isText = [z.ZodString, z.ZodStringFormat, z.ZodEnum].some((kind) => schema instanceof kind);
  return isText ? "text" : "json";
}

function withoutNull(schema: z.ZodType): unknown {
  return schema instanceof z.ZodNullable ? schema.unwrap() : schema;
}

function schemaOf(table: TeamTable, column: string): z.ZodType {
  return (teamRowSchemas[table].shape as Record<string, z.ZodType>)[column]!;
}

function optionsOf(schema: z.ZodType): string[] | null {
  const inner = withoutNull(schema);
  return inner instanceof z.ZodEnum ? sorted(inner.options.map(String)) : null;
}

/** By column: the words of `column IN ('a', 'b')`, as SQLite and PostgreSQL write it. */
function wordsOf(definitions: string[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  const lists = /(\w+) (?:IN|= ANY) \((?:\(?ARRAY\[)?((?:\s*'[^']*'(?:::text)?,?)+)/g;
  for (const definition of definitions) {
    for (const [, column = "", list = ""] of definition.matchAll(lists)) {
      found[column] = sorted([...list.matchAll(/'([^']*)'/g)].map(([, word = ""]) => word));
    }
  }
  return found;
}

interface LocalColumn {
  name: string;
  type: string;
  isNullable: boolean;
}

function localColumns(table: string): LocalColumn[] {
  if (table === "metrics_points") return columnsOfPoints();
  return store
    .prepare('SELECT name, type, "notnull", pk FROM pragma_table_info(?)')
    .all(table)
    .map((row) => ({
      name: String(row["name"]),
      type: String(row["type"]),
      // A primary key of a STRICT table that is no rowid may hold null, but never does here.
      isNullable: row["notnull"] === 0 && row["pk"] === 0,
    }));
}

/** A step with all that can be told of it, one whose figures were not finite, an evaluation alone. */
function columnsOfPoints(): LocalColumn[] {
  const job = "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d10";
  const common = { kind: "step", epoch: 0.5, learningRate: 1.5e-4, tokens: 10 } as const;
  const measured = { ...common, tokensPerSecond: 6.5, stepMs: 20.5, memoryMb: 512.5 };
  const recordedAtMs = Date.parse("2026-03-01T10:00:00.000Z");
  const rows = store.transaction(() => {
    store.prepare("PRAGMA defer_foreign_keys = ON").run();
    const metrics = new MetricsStore(store);
    metrics.save(job, [
      { ...measured, step: 1, loss: 1.5, gradientNorm: 0.5, recordedAtMs },
      { kind: "evaluation", step: 1, epoch: 0.5, loss: 1.25, recordedAtMs },
      { ...measured, step: 2, loss: null, gradientNorm: null, recordedAtMs },
      { kind: "evaluation", step: 3, epoch: 0.5, loss: 1.25, recordedAtMs },
    ]);
    const made = metrics.teamRows(job, 0, 9).map((row) => Object.entries(row));
    // There is no such job: its curve must not be left behind.
    metrics.removeSome(job, 99);
    return made;
  });
  const [whole = []] = rows;
  return whole.map(([name, value], at) => ({
    name,
    type: typeof value === "number" ? (Number.isInteger(value) ? "INTEGER" : "REAL") : "TEXT",
    isNullable: rows.some((row) => row[at]?.[1] === null),
  }));
}

function localDefinition(table: string): string {
  const row = store.prepare("SELECT sql FROM sqlite_schema WHERE name = ?").get(table);
  return String(row?.["sql"]);
}

function sorted(words: string[]): string[] {
  return words.toSorted((one, other) => one.localeCompare(other));
}
