"use strict";
const { quoteName } = require("./sql-names.js");

function addConstraint(/** @type {string} */ table, { name, definition }) {
  return `alter table public.${table} add constraint ${quoteName(name)} ${definition};`;
}

function dropConstraint(/** @type {string} */ table, { name }) {
  return `alter table public.${table} drop constraint ${quoteName(name)};`;
}

module.exports = { addConstraint, dropConstraint };
