#!/usr/bin/env node
/*
 * Checks that a Supabase project has what LoRA Desk needs, and says how to mend what it has not:
 *
 *   node scripts/verify-lora-foundation.js [--env FILE] [--json]
 *
 * Runs on plain Node ≥ 20. What is expected stands in supabase/foundation.json, which is written
 * from the migrations themselves. Nothing is changed in the project.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import failure from "./supa-agent-ops/failure.js";
import foundationReport from "./supa-agent-ops/foundation/report.js";
import verification from "./supa-agent-ops/foundation/verify-foundation.js";
import ops from "./supa-agent-ops/index.js";
import projectSettings from "./supa-agent-ops/project-settings.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { HEADING, report, summarise } = foundationReport;

const options = readOptions();
const envFile = options.env ?? findEnvFile();
const promised = JSON.parse(readFileSync(join(root, "supabase", "foundation.json"), "utf8"));
if (!options.json) console.log(HEADING);

try {
  const preflight = await ops.agentPreflight(envFile === undefined ? {} : { envFile });
  if (!preflight.success) {
    const { message, remedy } = preflight.error;
    stop([{ subject: "settings", problem: message, remedy }]);
  } else if (preflight.data.issues.length > 0) {
    stop(preflight.data.issues);
  } else {
    await verify();
  }
} catch (error) {
  if (!(error instanceof failure.ProjectFailure)) throw error;
  stop([{ subject: "project", problem: error.message, remedy: error.remedy }]);
}

async function verify() {
  const project = projectSettings.readProjectSettings(envFile);
  const result = await verification.verifyFoundation(project, promised);
  const { found, faults, warnings } = result;
  if (options.json) {
    const columns = Object.fromEntries(
      Object.entries(found.tables).map(([name, table]) => [name, table.columns.length]),
    );
    const summary = summarise(faults);
    printJson({ ok: faults.length === 0, url: project.url, columns, summary, faults, warnings });
  } else {
    console.log(`Project: ${project.url}\n`);
    console.log(report(result));
  }
  process.exitCode = faults.length === 0 ? 0 : 1;
}

/** The project cannot be looked at, so nothing can be said about its foundation. */
function stop(issues) {
  if (options.json) {
    printJson({ ok: false, issues });
  } else {
    for (const { subject, problem, remedy } of issues) {
      console.log(`❌ ${subject} - ${problem}\n   └─ ${remedy}`);
    }
    console.log("\n❌ The project could not be checked: mend the above and run this again.");
  }
  process.exitCode = 1;
}

function printJson(value) {
  console.log(JSON.stringify(value, null, 2));
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { env: { type: "string" }, json: { type: "boolean", default: false } },
    });
    if (values.env !== undefined && !existsSync(values.env)) {
      throw new Error(`There is no file ${values.env}.`);
    }
    return values;
  } catch (error) {
    console.error(
      `${error.message}\nUsage: node scripts/verify-lora-foundation.js [--env FILE] [--json]`,
    );
    process.exit(2);
  }
}

/** From another folder the script still finds the project's own file. */
function findEnvFile() {
  const own = join(root, ".env.local");
  return !existsSync(".env.local") && existsSync(own) ? own : undefined;
}
