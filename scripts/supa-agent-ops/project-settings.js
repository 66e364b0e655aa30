"use strict";
const { existsSync, readFileSync } = require("node:fs");
const path = require("node:path");
const { ProjectFailure } = require("./failure.js");

/**
 * @typedef {object} ProjectSettings
 * @property {string} url
 * @property {string} anonKey
 * @property {string} serviceRoleKey
 * @property {string} databaseUrl
 * @property {string | null} file the file that was read, if any
 */

const VARIABLES = {
  url: ["NEXT_PUBLIC_SUPABASE_URL", "SUPABASE_URL"],
  anonKey: ["NEXT_PUBLIC_SUPABASE_ANON_KEY", "SUPABASE_ANON_KEY"],
  serviceRoleKey: ["SUPABASE_SERVICE_ROLE_KEY"],
  databaseUrl: ["SUPABASE_DB_URL", "DATABASE_URL"],
};

/**
 * The project that scripts speak to. A file that is named is taken as it stands; without one,
 * variables of the environment go before those of the nearest .env.local above the working folder.
 * What is not set is an empty string.
 *
 * @param {string} [envFile]
 * @returns {ProjectSettings}
 */
function readProjectSettings(envFile) {
  const file = envFile === undefined ? findEnvFile(process.cwd()) : path.resolve(envFile);
  const inFile = file === null ? {} : parseEnvFile(readEnvFile(file));
  const values = envFile === undefined ? { ...inFile, ...nonEmpty(process.env) } : inFile;
  const pick = (/** @type {string[]} */ names) =>
    names.map((name) => values[name]).find((value) => value !== undefined && value !== "") ?? "";
  return {
    url: pick(VARIABLES.url).replace(/\/+$/, ""),
    anonKey: pick(VARIABLES.anonKey),
    serviceRoleKey: pick(VARIABLES.serviceRoleKey),
    databaseUrl: pick(VARIABLES.databaseUrl),
    file,
  };
}

function findEnvFile(/** @type {string} */ from) {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const file = path.join(folder, ".env.local");
    if (existsSync(file)) return file;
    if (path.dirname(folder) === folder) return null;
  }
}

function readEnvFile(/** @type {string} */ file) {
  try {
    return readFileSync(file, "utf8");
  } catch (/** @type {any} */ cause) {
    const reasons = {
      EISDIR: "it is a folder",
      ENOENT: "there is no such file",
      EACCES: "this user may not read it",
    };
    throw new ProjectFailure(
      `The settings in ${file} cannot be read: ${reasons[cause.code] ?? cause.message}.`,
      "Name the file itself, such as .env.local, and make sure that you may read it.",
      { code: cause.code, cause },
    );
  }
}

/** NAME=value lines; `export`, quotes, comments and blank lines as shells and dotenv know them. */
function parseEnvFile(/** @type {string} */ text) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, name = "", raw = ""] = match;
    const quoted = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(raw);
    values[name] = quoted?.[2] ?? raw.replace(/\s+#.*$/, "");
  }
  return values;
}

function nonEmpty(/** @type {NodeJS.ProcessEnv} */ env) {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value));
}

module.exports = { parseEnvFile, readProjectSettings, VARIABLES };
