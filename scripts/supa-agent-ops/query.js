"use strict";
const { answer, ProjectFailure } = require("./failure.js");
const { readProjectSettings } = require("./project-settings.js");
const { readError, request } = require("./request.js");

/** PostgREST gives no more rows at once. */
const MOST_ROWS = 1000;
const OPERATORS = {
  eq: "eq",
  neq: "neq",
  gt: "gt",
  gte: "gte",
  lt: "lt",
  lte: "lte",
  like: "like",
  ilike: "ilike",
  is: "is",
  in: "in",
  contains: "cs",
};

/** @type {typeof import("./index.js").agentQuery} */
function agentQuery(options) {
  return answer(() => queryRows(readProjectSettings(), options));
}

async function queryRows(
  project,
  { table, select = "*", where = [], orderBy = [], limit = 100 } = {},
) {
  if (project.url === "" || project.serviceRoleKey === "") {
    throw new ProjectFailure(
      "NEXT_PUBLIC_SUPABASE_URL or SUPABASE_SERVICE_ROLE_KEY is not set.",
      "Put both into .env.local (dashboard: Project Settings → API Keys), or run `npm run stack -- --write-env .env.local`.",
    );
  }
  if (typeof table !== "string" || table === "") throw new TypeError("`table` names the table");
  if (!Number.isInteger(limit) || limit < 0 || limit > MOST_ROWS) {
    throw new TypeError(`\`limit\` is a whole number from 0 to ${MOST_ROWS}`);
  }
  const parameters = new URLSearchParams({ select, limit: String(limit) });
  for (const [column, condition] of conditionsOf(where)) parameters.append(column, condition);
  if (orderBy.length > 0) {
    parameters.set(
      "order",
      orderBy.map(({ column, asc = true }) => `${column}.${asc ? "asc" : "desc"}`).join(","),
    );
  }
  const path = `/rest/v1/${encodeURIComponent(table)}?${parameters}`;
  const response = await request(project, project.serviceRoleKey, path);
  if (response.ok) return response.json();
  const { code, message } = await readError(response);
  throw new ProjectFailure(`${table}: ${message}`, remedyFor(code, response.status), { code });
}

function conditionsOf(where) {
  const list = Array.isArray(where)
    ? where
    : Object.entries(where).map(([column, value]) => ({ column, value }));
  return list.map(({ column, operator = "eq", value }) => {
    if (!Object.hasOwn(OPERATORS, operator)) {
      throw new TypeError(`There is no operator ${operator}: ${Object.keys(OPERATORS).join(", ")}`);
    }
    if (operator === "in" && !Array.isArray(value)) {
      throw new TypeError(`The operator in takes a list as \`value\` of ${column}: ["a", "b"]`);
    }
    if (operator === "in") return [column, `in.(${value.map(quote).join(",")})`];
    if (value === null) return [column, operator === "neq" ? "not.is.null" : "is.null"];
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    return [column, `${OPERATORS[operator]}.${text}`];
  });
}

/** Within a list, commas and brackets would end a value. */
function quote(/** @type {unknown} */ value) {
  return `"${String(value).replace(/[\\"]/g, "\\$&")}"`;
}

function remedyFor(/** @type {string} */ code, /** @type {number} */ status) {
  if (code === "PGRST205" || code === "42P01") {
    return "The table is not there, or the API has not noticed it yet. Run supabase/migrations/20241223_create_lora_training_tables.sql in the SQL editor, or `notify pgrst, 'reload schema';` when it has run already. Check that NEXT_PUBLIC_SUPABASE_URL is the project you mean.";
  }
  if (code === "42703") return "Check the names of the columns; the migrations may be older.";
  if (code === "42501") {
    return "The key has no right on this table: run the migration again, and check that SUPABASE_SERVICE_ROLE_KEY is not the anon key.";
  }
  if (status === 401) {
    return "The key was refused: copy SUPABASE_SERVICE_ROLE_KEY again from Project Settings → API Keys of this very project.";
  }
  return "See Dashboard → Logs → API for the request.";
}

module.exports = { agentQuery };
