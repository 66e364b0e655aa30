"use strict";
const { named } = require("./compare-by-name.js");
const { addConstraint, dropConstraint } = require("./constraint-sql.js");
const { quoteName } = require("./sql-names.js");

/*
 * Every check takes what is promised (from supabase/foundation.json) and what was found (as
 * readCatalogue gives it) and answers with faults: {area, subject, problem, sql}. `sql` mends it.
 */

function checkTables(promised, found) {
  return Object.entries(promised.tables).flatMap(([name, table]) => {
    const present = found.tables[name];
    if (present === undefined) {
      return [
        {
          area: "tables",
          subject: name,
          problem: `The table ${name} is missing.`,
          sql: rerun(table, promised),
        },
      ];
    }
    return [
      ...checkLogged(name, table, present),
      ...checkColumns(name, table, present),
      ...checkPrimaryKey(name, table, present),
      ...checkConstraints(name, table, present),
      ...checkTriggers(name, table, present),
    ];
  });
}

/** The table's own migration, and those of the functions that its triggers call. */
function rerun(table, { functions }) {
  const files = new Set([table.migration, ...functions.map(({ migration }) => migration)]);
  return [...files].map((file) => `-- Run all of ${file}`).join("\n");
}

function checkLogged(name, table, present) {
  if (present.isLogged === table.isLogged) return [];
  return [
    fault(
      name,
      "is unlogged: the database empties it after a crash",
      `alter table public.${name} set logged;`,
    ),
  ];
}

function checkColumns(name, table, present) {
  const faults = table.columns.flatMap((column) => {
    const other = present.columns.find((candidate) => candidate.name === column.name);
    if (other !== undefined) return checkColumn(name, column, other);
    const sql = `alter table public.${name} add column ${columnSql(column)};`;
    return [fault(name, `has no column ${column.name} (${column.type})`, sql)];
  });
  const unknown = present.columns.filter(
    (column) => !table.columns.some((candidate) => candidate.name === column.name),
  );
  return [
    ...faults,
    ...unknown.map((column) =>
      fault(
        name,
        `has a column ${column.name} that no migration knows (${present.columns.length} columns instead of ${table.columns.length})`,
        `-- Deletes what is stored in it.\nalter table public.${name} drop column ${quoteName(column.name)};`,
      ),
    ),
  ];
}

function checkColumn(name, column, other) {
  const alter = `alter table public.${name} alter column ${quoteName(column.name)}`;
  const faults = [];
  if (column.type !== other.type) {
    faults.push(
      fault(
        name,
        `has ${column.name} as ${other.type} instead of ${column.type}`,
        `${alter} type ${column.type} using ${quoteName(column.name)}::${column.type};`,
      ),
    );
  }
  if (column.nullable !== other.nullable) {
    faults.push(
      fault(
        name,
        column.nullable
          ? `does not allow null in ${column.name}`
          : `allows null in ${column.name}, which must always have a value`,
        `${alter} ${column.nullable ? "drop" : "set"} not null;`,
      ),
    );
  }
  if (column.default !== other.default) {
    faults.push(
      fault(
        name,
        `has ${other.default ?? "no value"} as default of ${column.name} instead of ${column.default ?? "none"}`,
        column.default === null
          ? `${alter} drop default;`
          : `${alter} set default ${column.default};`,
      ),
    );
  }
  if (column.identity !== other.identity) {
    faults.push(
      fault(
        name,
        `does not number ${column.name} by itself`,
        `${alter} add generated always as identity;`,
      ),
    );
  }
  return faults;
}

function columnSql(column) {
  return [
    quoteName(column.name),
    column.type,
    column.nullable ? "" : "not null",
    column.default === null ? "" : `default ${column.default}`,
    column.identity === null ? "" : "generated always as identity",
  ]
    .filter(Boolean)
    .join(" ");
}

function checkPrimaryKey(name, table, present) {
  const wanted = table.primaryKey.join(", ");
  const found = present.primaryKey.join(", ");
  if (wanted === found) return [];
  const change = found === "" ? "" : `drop constraint ${name}_pkey, `;
  return [
    fault(
      name,
      `has the primary key (${found || "none"}) instead of (${wanted})`,
      `alter table public.${name} ${change}add primary key (${wanted});`,
    ),
  ];
}

function checkConstraints(name, table, present) {
  return named(table.constraints, present.constraints, {
    missing: (rule) =>
      fault(name, `lacks the rule ${rule.name}: ${rule.definition}`, addConstraint(name, rule)),
    other: (rule, is) =>
      fault(
        name,
        `has the rule ${rule.name} as ${is.definition} instead of ${rule.definition}`,
        `${dropConstraint(name, rule)}\n${addConstraint(name, rule)}`,
      ),
    extra: (rule) =>
      fault(
        name,
        `has a rule ${rule.name} that no migration knows: ${rule.definition}`,
        dropConstraint(name, rule),
      ),
  });
}

function checkTriggers(name, table, present) {
  return named(table.triggers, present.triggers, {
    missing: (trigger) => fault(name, `has no trigger ${trigger.name}`, `${trigger.definition};`),
    other: (trigger, is) =>
      is.isEnabled
        ? fault(
            name,
            `has another trigger ${trigger.name}: ${is.definition}`,
            `drop trigger ${quoteName(trigger.name)} on public.${name};\n${trigger.definition};`,
          )
        : fault(
            name,
            `has its trigger ${trigger.name} switched off`,
            `alter table public.${name} enable trigger ${quoteName(trigger.name)};`,
          ),
    // A project may have triggers of its own.
    extra: () => null,
  });
}

function fault(subject, problem, sql) {
  return { area: "tables", subject, problem: `${subject} ${problem}.`, sql };
}

module.exports = { checkTables };
