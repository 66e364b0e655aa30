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
        missing: (index) =>
          fault(
            table,
            `${table} has no index ${index.name}: it would be searched row by row.`,
            create(index),
          ),
        other: (index, is) =>
          fault(
            table,
            is.isValid
              ? `${table} has the index ${index.name} as "${is.definition}" instead of "${index.definition}".`
              : `The index ${index.name} of ${table} is not valid: its making was broken off.`,
            `drop index public.${quoteName(index.name)};\n${create(index)}`,
          ),
        // An index more slows writing down a little and harms nothing.
        extra: () => null,
      });
    },
  );
}

function fault(subject, problem, sql) {
  return { area: "indexes", subject, problem, sql };
}

module.exports = { checkIndexes };
