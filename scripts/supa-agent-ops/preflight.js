"use strict";
const { withDatabase } = require("./database.js");
const { answer, ProjectFailure } = require("./failure.js");
const { readProjectSettings, VARIABLES } = require("./project-settings.js");
const { readError, request } = require("./request.js");

const WHERE = {
  url: "Dashboard → Project Settings → Data API → Project URL",
  anonKey: "Dashboard → Project Settings → API Keys → publishable or anon key",
  serviceRoleKey: "Dashboard → Project Settings → API Keys → secret or service_role key",
  databaseUrl: "Dashboard → Connect → Session pooler, with the database password filled in",
};

/** @type {typeof import("./index.js").agentPreflight} */
function agentPreflight({ envFile } = {}) {
  return answer(async () => {
    const project = readProjectSettings(envFile);
    const missing = missingVariables(project);
    const issues =
      missing.length > 0 ? missing : [...mismatches(project), ...(await unanswered(project))];
    return { url: project.url, issues };
  });
}

function missingVariables(project) {
  const place = project.file ?? ".env.local (not found)";
  return Object.entries(VARIABLES)
    .filter(([name]) => project[name] === "")
    .map(([name, [variable = ""]]) => ({
      subject: variable,
      problem: `${variable} is not set in ${place}.`,
      remedy: `${WHERE[name]}. For the local stack: npm run stack -- --write-env .env.local`,
    }));
}

/** What can be told from the variables alone: keys that were swapped, parts of other projects. */
function mismatches(project) {
  const issues = [];
  const ref = /^https:\/\/([a-z0-9]{20})\.supabase\.(?:co|in|red)$/.exec(project.url)?.[1];
  for (const [name, role] of [
    ["anonKey", "anon"],
    ["serviceRoleKey", "service_role"],
  ]) {
    const [subject] = VARIABLES[name];
    const found = claimsOf(project[name]);
    if (found.role !== undefined && found.role !== role) {
      issues.push({
        subject,
        problem: `${subject} holds the key of the role ${found.role} instead of ${role}.`,
        remedy: WHERE[name],
      });
    }
    if (ref !== undefined && found.ref !== undefined && found.ref !== ref) {
      issues.push(wrongProject(subject, found.ref, ref, WHERE[name]));
    }
  }
  const databaseRef =
    /^postgres(?:ql)?:\/\/postgres\.([a-z0-9]{20})[:@]/.exec(project.databaseUrl)?.[1] ??
    /@db\.([a-z0-9]{20})\.supabase\./.exec(project.databaseUrl)?.[1];
  if (ref !== undefined && databaseRef !== undefined && databaseRef !== ref) {
    issues.push(wrongProject("SUPABASE_DB_URL", databaseRef, ref, WHERE.databaseUrl));
  }
  return issues;
}

function wrongProject(subject, found, wanted, where) {
  return {
    subject,
    problem: `${subject} belongs to the project ${found}, NEXT_PUBLIC_SUPABASE_URL to ${wanted}.`,
    remedy: `${where}, of one and the same project.`,
  };
}

/** @returns {{role?: string, ref?: string}} what a key says of itself. */
function claimsOf(/** @type {string} */ key) {
  if (key.startsWith("sb_publishable_")) return { role: "anon" };
  if (key.startsWith("sb_secret_")) return { role: "service_role" };
  const [, payload, signature] = key.split(".");
  if (payload === undefined || signature === undefined) return {};
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  } catch {
    return {};
  }
}

async function unanswered(project) {
  const issues = await Promise.all([
    asIssue("NEXT_PUBLIC_SUPABASE_ANON_KEY", WHERE.anonKey, () =>
      expectKeyAccepted(project, project.anonKey, "/auth/v1/settings"),
    ),
    asIssue("SUPABASE_SERVICE_ROLE_KEY", WHERE.serviceRoleKey, () =>
      expectKeyAccepted(project, project.serviceRoleKey, "/rest/v1/"),
    ),
    asIssue("SUPABASE_DB_URL", WHERE.databaseUrl, () =>
      withDatabase(project.databaseUrl, (client) => client.query("select")),
    ),
  ]);
  const found = issues.filter((issue) => issue !== null);
  // One word about a host that is not there is enough.
  return found.filter(
    ({ problem }, index) => found.findIndex((issue) => issue.problem === problem) === index,
  );
}

async function expectKeyAccepted(project, key, path) {
  const response = await request(project, key, path);
  if (response.ok) return;
  const { message } = await readError(response);
  const problem =
    response.status === 401 || response.status === 403
      ? `${project.url} refuses the key: ${message}`
      : `${project.url}${path} answers ${response.status}: ${message}`;
  throw new ProjectFailure(problem, "");
}

async function asIssue(subject, where, work) {
  try {
    await work();
    return null;
  } catch (error) {
    if (!(error instanceof ProjectFailure)) throw error;
    return {
      subject,
      problem: error.message,
      remedy: error.remedy || `${where}, of this project.`,
    };
  }
}

module.exports = { agentPreflight };
