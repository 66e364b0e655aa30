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
const { withPartsPresent } = require("./optional-parts.js");

/**
 * Compares a project with the promised foundation.
 *
 * @param {import("../project-settings.js").ProjectSettings} project
 * @param {any} foundation the content of supabase/foundation.json
 */
async function verifyFoundation(project, foundation) {
  const all = [foundation, ...Object.values(foundation.optional)];
  const found = await withDatabase(project.databaseUrl, (client) =>
    readCatalogue(client, {
      tables: all.flatMap(({ tables }) => Object.keys(tables)),
      functions: all.flatMap(({ functions }) => functions.map(({ name }) => name)),
      buckets: foundation.storage.buckets.map(({ id }) => id),
    }),
  );
  const { promised, absent } = withPartsPresent(foundation, found);
  const faults = [
    ...checkTables(promised, found),
    ...checkIndexes(promised, found),
    ...checkPolicies(promised, found),
    ...checkForeignKeys(promised, found),
    ...checkStorage(promised, found),
    ...checkFunctions(promised, found),
    ...(await checkApi(project, promised)),
  ];
  return { promised, absent, found, faults, warnings: await checkFileLimit(project, promised) };
}

module.exports = { verifyFoundation };
