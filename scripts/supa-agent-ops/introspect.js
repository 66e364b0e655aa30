"use strict";
const { readCatalogue } = require("./catalogue.js");
const { withDatabase } = require("./database.js");
const { answer, ProjectFailure } = require("./failure.js");
const { readProjectSettings } = require("./project-settings.js");

/** @type {typeof import("./index.js").agentIntrospectSchema} */
function agentIntrospectSchema({ table, transport = "pg" } = { table: "" }) {
  return answer(async () => {
    if (transport !== "pg") throw new TypeError('`transport` is "pg": the API has no catalogue');
    if (typeof table !== "string" || table === "") {
      throw new TypeError('`table` names the table: {table: "datasets"}');
    }
    const { databaseUrl } = readProjectSettings();
    const { tables } = await withDatabase(databaseUrl, (client) =>
      readCatalogue(client, { tables: [table], functions: [], buckets: [] }),
    );
    const found = tables[table];
    if (found === undefined) {
      throw new ProjectFailure(
        `There is no table ${table} in the schema public.`,
        "Run the files of supabase/migrations in the SQL editor, or check that SUPABASE_DB_URL is the project you mean.",
        { code: "42P01" },
      );
    }
    return {
      columns: found.columns,
      primaryKey: found.primaryKey,
      foreignKeys: found.foreignKeys,
      indexes: found.indexes,
      rlsEnabled: found.rlsEnabled,
      policies: found.policies,
    };
  });
}

module.exports = { agentIntrospectSchema };
