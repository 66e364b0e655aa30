"use strict";
const { readCatalogue } = require("../catalogue.js");
const { withDatabase } = require("../database.js");
const { checkApi, checkFileLimit } = require("./check-api.js");
const { checkForeignKeys } = require("./check-foreign-keys.js");
const { checkFunctions } = require("./check-functions.js");
const { checkIndexes } = require("./check-indexes.js");
const { checkPolicies } = require("./check-policies.js");
const { checkStorage } = require("./check-storage.js");
const { checkTables } = require("./check-tables.js");

/**
 * Compares a project with the promised foundation.
 *
 * @param {import("../project-settings.js").ProjectSettings} project
 * @param {any} promised the content of supabase/foundation.json
 */
async function verifyFoundation(project, promised) {
  const found = await withDatabase(project.databaseUrl, (client) =>
    readCatalogue(client, {
      tables: Object.keys(promised.tables),
      functions: promised.functions.map(({ name }) => name),
      buckets: promised.storage.buckets.map(({ id }) => id),
    }),
  );
  const faults = [
    ...checkTables(promised, found),
    ...checkIndexes(promised, found),
    ...checkPolicies(promised, found),
    ...checkForeignKeys(promised, found),
    ...checkStorage(promised, found),
    ...checkFunctions(promised, found),
    ...(await checkApi(project, promised)),
  ];
  return { found, faults, warnings: await checkFileLimit(project, promised) };
}

module.exports = { verifyFoundation };
