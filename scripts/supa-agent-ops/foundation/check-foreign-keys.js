"use strict";
const { named } = require("./compare-by-name.js");
const { addConstraint, dropConstraint } = require("./constraint-sql.js");

function checkForeignKeys(promised, found) {
  return Object.entries(promised.tables).flatMap(([name, table]) => {
    const present = found.tables[name];
    if (present === undefined) return [fault(name, "is missing, and so are its foreign keys", "")];
    return compareKeys(name, table.foreignKeys, present.foreignKeys);
  });
}

function compareKeys(name, promised, found) {
  return named(promised, found, {
    missing: (key) => fault(name, `has no foreign key ${inWords(key)}`, addConstraint(name, key)),
    other: (key, is) =>
      fault(
        name,
        `has the foreign key ${key.name} as "${is.definition}" instead of "${key.definition}"`,
        `${dropConstraint(name, key)}\n${addConstraint(name, key)}`,
      ),
    extra: (key) =>
      fault(
        name,
        `has a foreign key ${inWords(key)} (${key.name}) that no migration knows`,
        dropConstraint(name, key),
      ),
  });
}

function inWords({ column, referencedTable, referencedColumn }) {
  return `${column} → ${referencedTable}.${referencedColumn}`;
}

function fault(subject, problem, sql) {
  return { area: "foreignKeys", subject, problem: `${subject} ${problem}.`, sql };
}

module.exports = { checkForeignKeys };
