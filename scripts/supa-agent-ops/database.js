"use strict";
const { Client } = require("pg");
const { ProjectFailure } = require("./failure.js");

const TIMEOUT_MS = 15_000;

/**
 * Connects to the database, runs `work` in a read-only transaction, and closes.
 *
 * @template T
 * @param {string} databaseUrl
 * @param {(client: import("pg").Client) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withDatabase(databaseUrl, work) {
  if (databaseUrl === "") {
    throw new ProjectFailure(
      "SUPABASE_DB_URL is not set: the catalogue can only be read through a database connection.",
      "Dashboard → Connect → Connection string → Session pooler; put it into .env.local with the database password filled in.",
    );
  }
  const client = new Client({
    connectionString: withEncryption(databaseUrl),
    connectionTimeoutMillis: TIMEOUT_MS,
    statement_timeout: TIMEOUT_MS,
    application_name: "lora-desk foundation check",
  });
  // A connection that breaks later is reported by the query that it breaks.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw explain(databaseUrl, error);
  }
  try {
    // With an empty search path the catalogue writes every name in full, whoever asks.
    await client.query("begin read only; set local search_path = ''");
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Other machines are reached through TLS. As with psql's `sslmode=require` the certificate is not
 * checked, because hosted databases have one of Supabase's own authority; a connection string that
 * says something else about it (sslmode=verify-full&sslrootcert=…) is left as it is.
 */
function withEncryption(/** @type {string} */ databaseUrl) {
  const url = parse(databaseUrl);
  if (isLoopback(url.hostname) || url.searchParams.has("sslmode")) return databaseUrl;
  url.searchParams.set("uselibpqcompat", "true");
  url.searchParams.set("sslmode", "require");
  return url.href;
}

function parse(/** @type {string} */ databaseUrl) {
  try {
    return new URL(databaseUrl);
  } catch (cause) {
    throw new ProjectFailure(
      "SUPABASE_DB_URL is not a connection string (postgresql://user:password@host:5432/postgres).",
      "Copy it again from Dashboard → Connect. Signs such as @ : / # in the password are written as %40 %3A %2F %23.",
      { cause },
    );
  }
}

function isLoopback(/** @type {string} */ host) {
  return ["localhost", "127.0.0.1", "[::1]", ""].includes(host);
}

function explain(/** @type {string} */ databaseUrl, /** @type {any} */ error) {
  const { host } = parse(databaseUrl);
  const code = error?.code;
  const known = {
    ENOTFOUND: [
      "there is no such host",
      "Check SUPABASE_DB_URL. The direct host db.<ref>.supabase.co has no IPv4 address: take the session pooler's.",
    ],
    ECONNREFUSED: [
      "nothing listens there",
      "Check host and port in SUPABASE_DB_URL. For the local stack: is `npm run stack` still running?",
    ],
    "28P01": [
      "the password was refused",
      "Set the database password in SUPABASE_DB_URL (Dashboard → Database → Settings → Reset password).",
    ],
    XX000: [error?.message, "With the pooler the user is called postgres.<project ref>."],
  }[code];
  return new ProjectFailure(
    `The database at ${host} cannot be opened: ${known?.[0] ?? error?.message ?? code}.`,
    known?.[1] ?? "Check SUPABASE_DB_URL, the network, and that the project is not paused.",
    { code, cause: error },
  );
}

module.exports = { withDatabase };
