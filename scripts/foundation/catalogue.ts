import { createRequire } from "node:module";

/*
 * The library that the verification is made of is CommonJS without a build step, so that plain
 * Node ≥ 20 can require it. These are the parts of it that the rest of the project uses.
 */
const load = createRequire(import.meta.url);
const { readCatalogue } = load("../supa-agent-ops/catalogue.js") as {
  readCatalogue: (client: unknown, names: CatalogueNames) => Promise<Catalogue>;
};
const { withDatabase } = load("../supa-agent-ops/database.js") as {
  withDatabase: <T>(url: string, work: (client: unknown) => Promise<T>) => Promise<T>;
};

interface CatalogueNames {
  tables: readonly string[] | null;
  functions: readonly string[] | null;
  buckets: readonly string[] | null;
}

export interface CatalogueColumn {
  name: string;
  type: string;
  nullable: boolean;
  default: string | null;
}

export interface CatalogueTable {
  columns: CatalogueColumn[];
  constraints: { name: string; definition: string }[];
}

export interface Catalogue {
  tables: Record<string, CatalogueTable>;
  functions: { schema: string; name: string }[];
  storage: { policies: { name: string }[] } | null;
}

/** Everything in the schema public of a database, with the functions and buckets beside it. */
export function readWholeCatalogue(url: string): Promise<Catalogue> {
  return withDatabase(url, (client) =>
    readCatalogue(client, { tables: null, functions: null, buckets: null }),
  );
}
