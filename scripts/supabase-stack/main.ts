import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { environmentOf, requireWritableEnvFile, writeEnvFile } from "./env-file.ts";
import { openStack } from "./open-stack.ts";
import type { Stack, StackOptions } from "./open-stack.ts";

const HELP = `Starts a Supabase-compatible project on this machine: PostgreSQL, PostgREST, auth and storage.

  npm run stack -- [options]

  --write-env FILE   set the project's URL and keys in FILE (.env.local, say); other lines stay
  --keep FOLDER      keep the data in FOLDER; without it the data is thrown away at the end
  --fresh            with --keep: begin with an empty project again
  --port PORT        of the API; without it any free one
  --json             print the URL and keys as one line of JSON
  --verbose          print what the programs say
  --help             print this

Mails (magic links, codes) are printed, not sent. Ctrl-C stops everything.
`;

const migrationsFolder = join(import.meta.dirname, "..", "..", "supabase", "migrations");

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return void process.stdout.write(HELP);
  if (options.fresh && options.keep === undefined) {
    throw new Error("--fresh empties a kept project, so it needs --keep FOLDER as well.");
  }

  if (options["write-env"] !== undefined) requireWritableEnvFile(options["write-env"]);
  const stopped = signalled();
  const startedAt = performance.now();
  const stack = await openStack(stackOptions(options));
  try {
    const seconds = (performance.now() - startedAt) / 1000;
    if (options["write-env"] !== undefined) {
      writeEnvFile(options["write-env"], environmentOf(stack));
    }
    process.stdout.write(options.json ? asJson(stack) : asTable(stack, options, seconds));
    await stopped;
  } finally {
    await stack.close();
  }
}

type Options = ReturnType<typeof readOptions>;

function readOptions() {
  return parseArgs({
    options: {
      "write-env": { type: "string" },
      keep: { type: "string" },
      fresh: { type: "boolean", default: false },
      port: { type: "string" },
      json: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  }).values;
}

function stackOptions(options: Options): StackOptions {
  const port = options.port === undefined ? undefined : Number(options.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new Error(`--port is ${options.port}, which is no port (1 to 65535).`);
  }
  return {
    ...(options.keep === undefined ? {} : { folder: resolve(options.keep) }),
    isFresh: options.fresh,
    ...(port === undefined ? {} : { port }),
    migrations: readdirSync(migrationsFolder)
      .filter((name) => name.endsWith(".sql"))
      .sort()
      .map((name) => join(migrationsFolder, name)),
    ...(options.verbose ? { log: (line) => void process.stderr.write(`${line}\n`) } : {}),
    onMail: (address, { subject, text }) =>
      void process.stderr.write(`\nMail to ${address}: ${subject}\n${text}\n`),
  };
}

function asJson(stack: Stack): string {
  // Its functions are left out by JSON itself.
  return `${JSON.stringify(stack)}\n`;
}

function asTable(stack: Stack, options: Options, seconds: number): string {
  const rows: [string, string][] = [
    ["API URL", stack.apiUrl],
    ["Database URL", stack.dbUrl],
    ["Anon key", stack.anonKey],
    ["Service role key", stack.serviceRoleKey],
    ["Publishable key", stack.publishableKey],
    ["Secret key", stack.secretKey],
    ["Data", options.keep === undefined ? "thrown away at the end" : resolve(options.keep)],
  ];
  if (options["write-env"] !== undefined) rows.push(["Written to", resolve(options["write-env"])]);
  const lines = rows.map(([name, value]) => `  ${name.padEnd(18)}${value}`);
  return `The local stack is up (${seconds.toFixed(1)} s).\n\n${lines.join("\n")}\n\nCtrl-C stops it.\n`;
}

/**
 * Settles at the first request to end, also while the stack still starts. Later ones change
 * nothing: Ctrl-C below `npm run` arrives twice, from the terminal and from npm.
 */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => resolve());
    }
  });
}
