import type { Aftermath } from "./aftermath.ts";

/** Deletions win: what was deleted anywhere is deleted at the project and on every machine. */
export function judgeDeletions({ desks, project, journal }: Aftermath): string[] {
  const problems: string[] = [];
  for (const { by, table, rowId } of journal.softDeletions) {
    const desk = desks.find(({ name }) => name === by);
    const isHeldBack = desk === undefined || isKeptOrRefused(desk.store, rowId);
    if (isHeldBack || journal.wasGivenUp(by, rowId)) continue;
    const server = project.data.rows[table].get(rowId);
    // It went with its job.
    if (server === undefined) continue;
    if (typeof server["deleted_at"] !== "string") {
      problems.push(`LOST: the deletion of ${table} ${rowId} on ${by} is not at the project`);
    }
    for (const other of desks) {
      const local = other.rows.find(table, rowId);
      if (local === undefined || isKeptOrRefused(other.store, rowId)) continue;
      if (typeof local["deleted_at"] === "string") continue;
      problems.push(`DIVERGED: ${table} ${rowId} was deleted on ${by} and not on ${other.name}`);
    }
  }
  return [...new Set(problems)];
}

function isKeptOrRefused(store: Aftermath["desks"][number]["store"], rowId: string): boolean {
  return (
    store
      .prepare(
        `SELECT 1 FROM sync_rows WHERE row_id = :id AND is_kept UNION ALL
         SELECT 1 FROM sync_outbox WHERE row_id = :id AND (action = 'insert' OR EXISTS
           (SELECT 1 FROM json_each(columns) WHERE value = 'deleted_at'))`,
      )
      .get({ id: rowId }) !== undefined
  );
}
