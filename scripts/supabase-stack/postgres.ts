import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { startOnFreePort } from "./free-port.ts";
import { preparePostgresBinaries } from "./postgres-binaries.ts";
import { blockedAt, findPostgresUser, giveTo, runAs } from "./postgres-user.ts";
import type { PostgresUser } from "./postgres-user.ts";
import { startServer } from "./server-process.ts";
import type { Log, ServerProcess } from "./server-process.ts";

export interface PostgresOptions {
  /** Holds `pgdata`, and a copy of the programs where one is needed. */
  folder: string;
  /** Of every role that may log in. */
  password: string;
  /** Data that nobody wants back need not be safe from a power cut. */
  isThrownAway: boolean;
  log: Log;
}

export interface Postgres {
  process: ServerProcess;
  /** The connection string of a role for the database "postgres". */
  urlOf(role: string): string;
  close(): Promise<void>;
}

/** The superuser; migrations run as the lesser role `postgres`, as on hosted projects. */
export const SUPERUSER = "supabase_admin";

/** Starts PostgreSQL on a free port of the loopback address, on new data or on what is there. */
export async function openPostgres(options: PostgresOptions): Promise<Postgres> {
  const { folder, password, isThrownAway, log } = options;
  const dataFolder = join(folder, "pgdata");
  const user = findPostgresUser(dataFolder);
  makeReachable(user, folder);
  const binaries = await preparePostgresBinaries(user, folder);
  if (!existsSync(join(dataFolder, "PG_VERSION"))) {
    await initialise(binaries.initdb, dataFolder, password, user);
  }

  let port = 0;
  const server: ServerProcess = await startOnFreePort((freePort) => {
    port = freePort;
    return startServer(
      {
        name: "PostgreSQL",
        file: binaries.postgres,
        args: ["-D", dataFolder, ...settings(freePort, isThrownAway)],
        env: { LC_ALL: "C" },
        ...runAs(user),
        // A fast shutdown writes everything down first; an immediate one does not, and is quicker.
        stopBy: isThrownAway ? "SIGQUIT" : "SIGINT",
        ready: /database system is ready to accept connections/,
        portTaken: /could not bind IPv4 address|could not create any TCP\/IP sockets/,
      },
      log,
    );
  });
  return {
    process: server,
    urlOf: (role) => `postgresql://${role}:${password}@127.0.0.1:${port}/postgres`,
    close: () => server.stop(),
  };
}

function settings(port: number, isThrownAway: boolean): string[] {
  const values: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    // Only TCP with a password: a socket's path may not be long, and Windows has none.
    unix_socket_directories: "",
    log_line_prefix: "",
    // For the publication supabase_realtime, which hosted projects have.
    wal_level: "logical",
    // A failed statement may hold a password, and a migration would be logged whole.
    log_min_error_statement: "panic",
    ...(isThrownAway ? { fsync: "off", full_page_writes: "off", synchronous_commit: "off" } : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function initialise(
  initdb: string,
  dataFolder: string,
  password: string,
  user: PostgresUser | null,
): Promise<void> {
  // What a killed initdb left behind would stop the next one.
  rmSync(dataFolder, { recursive: true, force: true });
  mkdirSync(dataFolder, { mode: 0o700 });
  giveTo(user, dataFolder);
  const passwordFile = join(dirname(dataFolder), "initial-password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(user, passwordFile);
  try {
    await execa(
      initdb,
      [
        `--pgdata=${dataFolder}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-sync",
        "--no-instructions",
      ],
      // Detached from the terminal: Ctrl-C is for us, who stop when this is done.
      { ...runAs(user), env: { LC_ALL: "C" }, cwd: "/", detached: process.platform !== "win32" },
    );
  } catch (error) {
    throw new Error(
      `PostgreSQL could not make its data folder ${dataFolder}. ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function makeReachable(user: PostgresUser | null, folder: string): void {
  if (user === null) return;
  const blocked = blockedAt(user, folder);
  if (blocked !== null) {
    throw new Error(
      `PostgreSQL does not run as root and would run as the user ${user.name}, who may not enter ${blocked}. Keep the data in a folder that other users can reach (below /var/lib or /tmp, say), or start the stack as an ordinary user.`,
    );
  }
  // Through it, not into it: what else is in there has rights of its own.
  chmodSync(folder, 0o711);
}
