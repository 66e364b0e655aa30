import { firstTables } from "./migrations/0001-first-tables.ts";

/** In order; the position (from 1) is the schema version. Released ones are never edited. */
export const migrations: readonly string[] = [firstTables];
