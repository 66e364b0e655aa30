import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Row } from "../../electron/store/open-store.ts";
import { tables } from "./model/columns.ts";
import { storedValue } from "./model/stored-value.ts";

/** A local row as the project must have it: what is compared is written down here once more. */
export function teamValues(table: SyncTable, row: Row): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, column] of Object.entries(tables[table])) {
    if (key === "updated_at") continue;
    const value = row[key] ?? null;
    if (value === null) values[key] = null;
    else if (column.kind === "json") values[key] = JSON.parse(String(value));
    else if (column.kind === "boolean") values[key] = value === 1;
    else values[key] = storedValue(column, value);
  }
  return values;
}
