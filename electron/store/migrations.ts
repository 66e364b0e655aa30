import { firstTables } from "./migrations/0001-first-tables.ts";
import { samplesAndExports } from "./migrations/0002-samples-and-exports.ts";
import { gpuHistory } from "./migrations/0010-gpu-history.ts";

/** In order; the position (from 1) is the schema version. Released ones are never edited. */
export const migrations: readonly string[] = [firstTables, samplesAndExports, gpuHistory];
