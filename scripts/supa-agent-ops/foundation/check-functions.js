"use strict";

function checkFunctions(promised, found) {
  return [
    ...checkSchema(promised.syncSchemaUsableBy, found.syncSchemaUsableBy),
    ...promised.functions.flatMap((wanted) => checkFunction(wanted, found.functions)),
  ];
}

function checkSchema(promised, found) {
  const missing = promised.filter((role) => !found.includes(role));
  const extra = found.filter((role) => !promised.includes(role));
  return [
    ...missing.map((role) =>
      fault(
        "lora_sync",
        `${role} may not use the schema lora_sync, so nothing can be synced.`,
        `grant usage on schema lora_sync to ${role};`,
      ),
    ),
    ...extra.map((role) =>
      fault(
        "lora_sync",
        `${role} may use the schema lora_sync and should not.`,
        `revoke usage on schema lora_sync from ${role};`,
      ),
    ),
  ];
}

function checkFunction(wanted, found) {
  const name = `${wanted.schema}.${wanted.name}`;
  const ofThatName = found.filter(
    (candidate) => candidate.schema === wanted.schema && candidate.name === wanted.name,
  );
  const present = ofThatName.find((candidate) => candidate.arguments === wanted.arguments);
  // First, for an older function may stand in the way of the one to be made.
  const others = ofThatName
    .filter((candidate) => candidate !== present)
    .map((other) =>
      fault(
        name,
        `There is another function ${name}(${other.arguments}) that no migration knows: calls may reach it, or be refused as ambiguous.`,
        `drop function ${name}(${other.arguments});`,
      ),
    );
  const rerun = `-- Run all of ${wanted.migration}`;
  if (present === undefined) {
    return [...others, fault(name, `The function ${name} is missing.`, rerun)];
  }
  const differences = Object.keys(wanted)
    .filter((key) => !["migration", "executableBy"].includes(key))
    .filter((key) => JSON.stringify(wanted[key]) !== JSON.stringify(present[key]));
  return [
    ...others,
    ...(differences.length === 0
      ? []
      : [
          fault(
            name,
            `The function ${name} is not the one of this version (${differences.map(inWords).join(", ")}).`,
            rerun,
          ),
        ]),
    ...checkCallers(name, wanted, present),
  ];
}

function checkCallers(name, wanted, present) {
  const signature = `${name}(${present.arguments})`;
  const missing = wanted.executableBy.filter((role) => !present.executableBy.includes(role));
  const extra = present.executableBy.filter((role) => !wanted.executableBy.includes(role));
  return [
    ...missing.map((role) =>
      fault(
        name,
        `${role} may not call ${name}.`,
        `grant execute on function ${signature} to ${role};`,
      ),
    ),
    ...extra.map((role) =>
      fault(
        name,
        `${role === "public" ? "Everybody" : role} may call ${name} and should not.`,
        `revoke execute on function ${signature} from ${role};`,
      ),
    ),
  ];
}

function inWords(/** @type {string} */ key) {
  return (
    {
      sourceHash: "other text",
      settings: "other search_path",
      isSecurityDefiner: "other rights",
      volatility: "other volatility",
    }[key] ?? key
  );
}

function fault(subject, problem, sql) {
  return { area: "functions", subject, problem, sql };
}

module.exports = { checkFunctions };
