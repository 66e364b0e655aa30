"use strict";
const { inMegabytes } = require("./check-storage.js");

/** The areas of the verification, as the summary calls them. */
const AREAS = [
  ["tables", "Tables"],
  ["indexes", "Indexes"],
  ["policies", "RLS Policies"],
  ["foreignKeys", "Foreign Keys"],
  ["storage", "Storage"],
  ["functions", "Functions"],
  ["api", "API"],
];

const HEADING = `╔════════════════════════════════════════════════════════════╗
║   LoRA Training Module - Foundation Verification           ║
╚════════════════════════════════════════════════════════════╝
`;

/** @returns {Record<string, boolean>} by area: does everything hold? */
function summarise(faults) {
  return Object.fromEntries(
    AREAS.map(([area]) => [area, !faults.some((fault) => fault.area === area)]),
  );
}

function report({ promised, absent, found, faults, warnings }) {
  const tables = Object.keys(promised.tables);
  const buckets = promised.storage.buckets.map(({ id }) => id);
  const functions = promised.functions
    .filter(({ schema }) => schema === "public")
    .map(({ name }) => `public.${name}`);
  const section = (title, area, names, factsOf) => [
    `🔍 Verifying ${title}...`,
    "",
    ...names.flatMap((name) => entry(name, factsOf(name), faultsOf(faults, area, name))),
    ...faults
      .filter((fault) => fault.area === area && !names.includes(fault.subject))
      .flatMap((fault) => entry(fault.subject, { title: "WRONG", lines: [] }, [fault])),
    "",
  ];
  const ofTable = (facts) => (name) =>
    found.tables[name] === undefined ? null : facts(found.tables[name]);
  return [
    ...section("LoRA Training Tables", "tables", tables, ofTable(tableFacts)),
    ...section("Indexes", "indexes", tables, ofTable(indexFacts)),
    ...section("RLS Policies", "policies", tables, ofTable(policyFacts)),
    ...section("Foreign Keys", "foreignKeys", tables, ofTable(foreignKeyFacts)),
    ...section("Storage", "storage", [...buckets, "storage.objects"], (name) =>
      storageFacts(found.storage, name),
    ),
    ...section("Sync Functions", "functions", functions, (name) => functionFacts(found, name)),
    ...section("API Access", "api", tables, apiFacts),
    ...warnings.flatMap(({ problem, remedy }) => [`⚠️  ${problem}`, branch(remedy), ""]),
    ...absent.flatMap(({ name, migration }) => [
      `ℹ️  ${name} - not set up, which is optional`,
      branch(`To have them: run all of ${migration}`),
      "",
    ]),
    ...summaryLines(faults),
  ].join("\n");
}

function summaryLines(faults) {
  const passed = summarise(faults);
  const ending =
    faults.length === 0
      ? ["✅ All verification checks passed!", "   The LoRA Training foundation is ready."]
      : [
          `❌ ${faults.length} ${faults.length === 1 ? "check" : "checks"} failed.`,
          "   Run the statements above in the SQL editor, or all files of supabase/migrations again:",
          "   they may be run as often as you like. Then verify again.",
        ];
  return [
    "📊 VERIFICATION SUMMARY:",
    "",
    ...AREAS.map(
      ([area, title]) => `${`${title}:`.padEnd(15)}${passed[area] ? "✅ PASS" : "❌ FAIL"}`,
    ),
    "",
    ...ending,
    "",
  ];
}

function entry(name, facts, faults) {
  const lines = (facts?.lines ?? []).map(branch);
  if (faults.length === 0) return [`✅ ${name} - ${facts?.title ?? "OK"}`, ...lines];
  return [
    `❌ ${name} - ${facts?.title ?? "MISSING"}`,
    ...lines,
    ...faults.flatMap(({ problem, sql }) => [
      branch(`❌ ${problem}`),
      ...(sql === "" ? [] : sql.split("\n").map((line) => `      ${line}`)),
    ]),
  ];
}

function tableFacts({ columns, primaryKey }) {
  return {
    title: "EXISTS",
    lines: [`Columns: ${columns.length}`, `Primary Key: ${primaryKey.join(", ") || "none"}`],
  };
}

function indexFacts({ indexes }) {
  return { title: `${indexes.length} indexes`, lines: [] };
}

function policyFacts({ rlsEnabled, policies }) {
  return { title: rlsTitle(rlsEnabled), lines: policies.map(policyLine) };
}

function foreignKeyFacts({ foreignKeys }) {
  return {
    title: `${foreignKeys.length} foreign ${foreignKeys.length === 1 ? "key" : "keys"}`,
    lines: foreignKeys.map(
      ({ column, referencedTable, referencedColumn }) =>
        `${column} → ${referencedTable}.${referencedColumn}`,
    ),
  };
}

function storageFacts(storage, name) {
  if (storage === null) return null;
  if (name === "storage.objects") {
    return { title: rlsTitle(storage.rlsEnabled), lines: storage.policies.map(policyLine) };
  }
  const bucket = storage.buckets.find(({ id }) => id === name);
  if (bucket === undefined) return null;
  return {
    title: "EXISTS",
    lines: [
      `${bucket.isPublic ? "PUBLIC" : "Private"}, up to ${inMegabytes(bucket.fileSizeLimit)}`,
      `Types: ${bucket.allowedMimeTypes?.join(", ") ?? "all"}`,
    ],
  };
}

function functionFacts({ functions }, name) {
  const isThere = functions.some((present) => `${present.schema}.${present.name}` === name);
  return isThere ? { title: "EXISTS", lines: [] } : null;
}

function apiFacts() {
  return { title: "served to the project's own keys only", lines: [] };
}

function rlsTitle(/** @type {boolean} */ isEnabled) {
  return isEnabled ? "RLS enabled" : "RLS OFF";
}

function policyLine({ name, command }) {
  return `${name} (${command})`;
}

function faultsOf(faults, area, name) {
  return faults.filter((fault) => fault.area === area && fault.subject === name);
}

function branch(/** @type {string} */ line) {
  return `   └─ ${line}`;
}

module.exports = { HEADING, report, summarise };
