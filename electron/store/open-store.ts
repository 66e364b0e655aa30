import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { AppError } from "../../shared/app-error.ts";
import { migrate, refuseNewer } from "./migrate.ts";
import { migrations } from "./migrations.ts";

/**
 * SQLite before 3.51.3 can corrupt a database in WAL mode when a WAL reset races with another
 * connection; there the rollback journal is used, which is slower and safe.
 */
const FIRST_SAFE_WAL_VERSION = [3, 51, 3] as const;

export type Row = Record<string, SQLOutputValue>;

export interface Store {
  /** Compiles a statement once and keeps it. */
  prepare(sql: string): StatementSync;
  /** Runs `work` in one transaction; nested calls join the outer one. `work` must not await. */
  transaction<T>(work: () => T): T;
  readonly sqliteVersion: string;
  readonly journalMode: string;
  readonly schemaVersion: number;
  close(): void;
}

export interface StoreOptions {
  /** A file path, or ":memory:". */
  path: string;
  log: (message: string, details?: Record<string, unknown>) => void;
  /** The version of the SQLite linked in; handed in so that tests can pretend. */
  sqliteVersion?: string;
}

export function isWalSafe(sqliteVersion: string): boolean {
  const parts = sqliteVersion.split(".").map(Number);
  for (const [index, minimum] of FIRST_SAFE_WAL_VERSION.entries()) {
    const part = parts[index] ?? 0;
    if (part !== minimum) return part > minimum;
  }
  return true;
}

export function openStore(options: StoreOptions): Store {
  const sqliteVersion = options.sqliteVersion ?? process.versions.sqlite ?? "0";
  const database = openDatabase(options.path);
  try {
    refuseNewer(database, options.path, migrations.length);
    const wanted = isWalSafe(sqliteVersion) ? "wal" : "delete";
    const journalMode = readPragma(database, `journal_mode = ${wanted}`);
    database.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    const schemaVersion = migrate(database, options.path, options.log, migrations);
    options.log("Store opened", { path: options.path, sqliteVersion, journalMode, schemaVersion });
    return new SqliteStore(database, sqliteVersion, journalMode, schemaVersion);
  } catch (error) {
    database.close();
    throw error;
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    // Made readable by its owner alone, whatever the folder allows; -wal and -shm follow it.
    if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
    const database = new DatabaseSync(path, { timeout: 5000 });
    // Reads the header, so that a file that is no database is found out here.
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database;
  } catch (error) {
    throw new AppError(
      "unavailable",
      `The database ${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}. ` +
        "Check that the folder is writable and the disk is not full; a backup from the last upgrade may lie beside it (*.backup).",
      { cause: error },
    );
  }
}

function readPragma(database: DatabaseSync, pragma: string): string {
  const row = database.prepare(`PRAGMA ${pragma}`).get();
  return String(Object.values(row ?? {})[0]);
}

class SqliteStore implements Store {
  readonly sqliteVersion: string;
  readonly journalMode: string;
  readonly schemaVersion: number;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(
    database: DatabaseSync,
    sqliteVersion: string,
    journalMode: string,
    schemaVersion: number,
  ) {
    this.#database = database;
    this.sqliteVersion = sqliteVersion;
    this.journalMode = journalMode;
    this.schemaVersion = schemaVersion;
  }

  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  transaction<T>(work: () => T): T {
    if (this.#database.isTransaction) return work();
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      // A failed COMMIT (disk full) may have rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }
}
