"use strict";
const { named } = require("./compare-by-name.js");
const { quoteName } = require("./sql-names.js");

/** Row-level security, policies, and the rights that they narrow down. */
function checkPolicies(promised, found) {
  return Object.entries(promised.tables).flatMap(([name, table]) => {
    const present = found.tables[name];
    if (present === undefined) {
      return [fault(name, `${name} is missing, and so are its policies.`, "")];
    }
    return [
      ...(present.rlsEnabled
        ? []
        : [
            fault(
              name,
              `Row-level security is off for ${name}: every user sees the rows of all.`,
              `alter table public.${name} enable row level security;`,
            ),
          ]),
      ...[
        ...comparePolicies(`public.${name}`, table.policies, present.policies),
        ...compareGrants(`public.${name}`, table.grants, present.grants),
      ].map(({ problem, sql }) => fault(name, problem, sql)),
    ];
  });
}

/** @param {string} table with its schema */
function comparePolicies(table, promised, found) {
  return named(promised, found, {
    missing: (policy) => ({
      problem: `${table} has no policy "${policy.name}" (${policy.command}).`,
      sql: createPolicy(table, policy),
    }),
    other: (policy, is) => ({
      problem: `${table} has another policy "${policy.name}": ${inWords(is)} instead of ${inWords(policy)}.`,
      sql: `${dropPolicy(table, policy)}\n${createPolicy(table, policy)}`,
    }),
    extra: (policy) => ({
      problem: `${table} has a policy "${policy.name}" (${inWords(policy)}) that no migration knows: it may open rows to others.`,
      sql: dropPolicy(table, policy),
    }),
  });
}

function compareGrants(table, promised, found) {
  const missing = promised.filter((right) => !found.includes(right));
  const extra = found.filter((right) => !promised.includes(right));
  return [
    ...missing.map((right) => ({
      problem: `${table} lacks a right: ${right}.`,
      sql: `grant ${privilegeOf(right)} on ${table} to ${roleOf(right)};`,
    })),
    ...extra.map((right) => ({
      problem: `${table} gives a right that it should not: ${right}.`,
      sql: `revoke ${privilegeOf(right)} on ${table} from ${roleOf(right)};`,
    })),
  ];
}

function roleOf(/** @type {string} */ right) {
  return right.split(": ", 1)[0];
}

function privilegeOf(/** @type {string} */ right) {
  return right.slice(right.indexOf(": ") + 2).toLowerCase();
}

function inWords({ command, roles, using, check, isPermissive }) {
  return [
    isPermissive ? "" : "restrictive",
    command,
    `to ${roles.join(", ")}`,
    using === null ? "" : `using ${using}`,
    check === null ? "" : `with check ${check}`,
  ]
    .filter(Boolean)
    .join(" ");
}

function createPolicy(table, { name, command, roles, using, check, isPermissive }) {
  return [
    `create policy ${quoteName(name)} on ${table}`,
    isPermissive ? "" : " as restrictive",
    ` for ${command.toLowerCase()} to ${roles.map(quoteName).join(", ")}`,
    using === null ? "" : ` using (${using})`,
    check === null ? "" : ` with check (${check})`,
    ";",
  ].join("");
}

function dropPolicy(table, { name }) {
  return `drop policy ${quoteName(name)} on ${table};`;
}

function fault(subject, problem, sql) {
  return { area: "policies", subject, problem, sql };
}

module.exports = { checkPolicies, comparePolicies };
