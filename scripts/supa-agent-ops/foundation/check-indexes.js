"use strict";
const { named } = require("./compare-by-name.js");
const { addConstraint } = require("./constraint-sql.js");
const { quoteName } = require("./sql-names.js");

function checkIndexes(promised, found) {
  return Object.entries(promised.tables).flatMap(
    ([table, { indexes, constraints, primaryKey }]) => {
      const present = found.tables[table];
      if (present === undefined) {
        return [fault(table, `${table} is missing, and so are its indexes.`, "")];
      }
      const create = (index) => {
        if (!index.isOfConstraint) return `${index.definition};`;
        const definition =
          constraints.find(({ name }) => name === index.name)?.definition ??
          `primary key (${primaryKey.join(", ")})`;
        return addConstraint(table, { name: index.name, definition });
      };
      return named(indexes, present.indexes, {
        // With its constraint, which stands among the table's own faults.
        missing: (index) =>
          index.isOfConstraint
            ? null
            : fault(
                table,
                `${table} has no index ${index.name}: it would be searched row by row.`,
                create(index),
              ),
        other: (index, is) => compareIndex(table, index, is, create),
        // An index more slows writing down a little and harms nothing.
        extra: () => null,
      });
    },
  );
}

function compareIndex(table, index, is, create) {
  const name = `public.${quoteName(index.name)}`;
  const isOfConstraint = index.isOfConstraint && is.isOfConstraint;
  if (!is.isValid) {
    return fault(
      table,
      `The index ${index.name} of ${table} is not valid: its making was broken off.`,
      // The index of a constraint cannot be dropped by itself.
      isOfConstraint ? `reindex index ${name};` : `drop index ${name};\n${create(index)}`,
    );
  }
  if (isOfConstraint) return null;
  return fault(
    table,
    `${table} has the index ${index.name} as "${is.definition}" instead of "${index.definition}".`,
    `drop index ${name};\n${create(index)}`,
  );
}

function fault(subject, problem, sql) {
  return { area: "indexes", subject, problem, sql };
}

module.exports = { checkIndexes };
