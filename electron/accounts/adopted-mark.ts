import { DatabaseSync } from "node:sqlite";

/** In the header of a file without an account whose work an account's file has taken over. */
const ADOPTED = 0x4c_44_61_64;

/** Part of the transaction that is under way. */
export function markAdopted(database: DatabaseSync, schema: string): void {
  database.exec(`PRAGMA ${schema}.application_id = ${ADOPTED}`);
}

/** Ends whatever a crash has left open in the file first, so that the answer is the last word. */
export function isMarkedAdopted(path: string): boolean {
  const database = new DatabaseSync(path, { timeout: 1000 });
  try {
    // Any read rolls back what was not committed; the pragma alone might not.
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database.prepare("PRAGMA application_id").get()?.["application_id"] === ADOPTED;
  } finally {
    database.close();
  }
}
