import type { Aftermath } from "./aftermath.ts";

/**
 * The last name that a machine gave a row has come to the project, or is refused; and where
 * somebody's later one has replaced it, the machine can show what was lost.
 */
export function judgeNames({ desks, project, journal, restoredAt }: Aftermath): string[] {
  const problems: string[] = [];
  const last = new Map(
    journal.names.map((name) => [`${name.by} ${name.rowId} ${name.column}`, name]),
  );
  for (const { by, table, rowId, column, value, at } of last.values()) {
    const desk = desks.find(({ name }) => name === by);
    const local = desk?.rows.find(table, rowId);
    // What was deleted, kept local or refused is judged elsewhere; so is what a backup took back.
    if (desk === undefined || local === undefined || at <= restoredAt) continue;
    if (journal.wasGivenUp(by, rowId)) continue;
    if (journal.deleted.has(rowId) || isHeldBack(desk.store, rowId)) continue;
    if (table === "datasets" && local["status"] === "importing") continue;
    const present = project.data.rows[table].get(rowId)?.[column];
    if (present === value) continue;
    const former = project.data.feed
      .filter((entry) => entry.rowId === rowId)
      .map(({ previous }) => previous?.[column]);
    if (!former.includes(value)) {
      problems.push(`LOST: the ${column} “${value}” that ${by} gave ${table} ${rowId}`);
      continue;
    }
    const lost = desk.store
      .prepare("SELECT lost FROM sync_overwritten WHERE row_id = ? AND column_name = ?")
      .all(rowId, column)
      .map((row): unknown => JSON.parse(String(row["lost"])));
    if (!lost.includes(value)) {
      problems.push(
        `LOST: ${by} does not show that its ${column} “${value}” of ${rowId} was replaced`,
      );
    }
  }
  return problems;
}

function isHeldBack(store: Aftermath["desks"][number]["store"], rowId: string): boolean {
  return (
    store
      .prepare(
        `SELECT 1 FROM sync_outbox WHERE row_id = :id UNION ALL
         SELECT 1 FROM sync_kept_local WHERE row_id = :id UNION ALL
         SELECT 1 FROM sync_rows WHERE row_id = :id AND is_kept`,
      )
      .get({ id: rowId }) !== undefined
  );
}
