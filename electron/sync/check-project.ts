import { randomUUID } from "node:crypto";
import type { ProjectCheck, ProjectFinding } from "../../shared/contract/supabase.ts";
import { parseProjectUrl, requirePublishableKey } from "./project-address.ts";
import { isFaultless, lacking, ok, RERUN, unexpected, wrong } from "./project-findings.ts";
import { ProjectProbe, type ProbeReply } from "./project-probe.ts";
import { type ProjectPromise, readProjectPromise } from "./project-promise.ts";

/*
 * What a publishable key can find out without anyone signed in. It has no right on anything, so the
 * answers tell things apart by how they refuse:
 *
 *   table     42501 there and closed     42703 a column is missing   42P01/PGRST205 missing
 *   function  42501 there and closed     PGRST202 missing
 *   bucket    "Bucket not found" missing; row-level security or the file's type: there
 *   its link  "Bucket not found" closed  "Object not found" open to whoever has a link: wrong
 *   200       open to everyone: wrong
 *
 * Any other answer is wrong too: it says nothing about what was asked for.
 */
const NO_TABLE = ["42P01", "PGRST205"];
const NO_FUNCTION = ["PGRST202", "42883"];
const PUBLIC_LINK_ATTEMPTS = 3;

export interface ProjectCheckOptions {
  /** The folder with `foundation.json` and `migrations`. */
  supabasePath: string;
  fetch: typeof fetch;
}

export function createProjectCheck(options: ProjectCheckOptions): {
  requests: {
    "supabase.checkProject": (project: { url: string; anonKey: string }) => Promise<ProjectCheck>;
  };
} {
  return {
    requests: {
      "supabase.checkProject": ({ url, anonKey }) => checkProject(url, anonKey, options),
    },
  };
}

async function checkProject(
  text: string,
  key: string,
  { supabasePath, fetch }: ProjectCheckOptions,
): Promise<ProjectCheck> {
  const url = parseProjectUrl(text);
  requirePublishableKey(key);
  const probe = new ProjectProbe(url, key, fetch);
  const entrance = await checkEntrance(probe);
  const findings = entrance.some(({ state }) => state === "wrong")
    ? entrance
    : [...entrance, ...(await checkContents(probe, readProjectPromise(supabasePath)))];
  return { url, isReady: findings.every(isFaultless), findings };
}

async function checkEntrance(probe: ProjectProbe): Promise<ProjectFinding[]> {
  const { status, message, body } = await probe.ask("/auth/v1/settings");
  if (status === 401 || status === 403) {
    return [
      wrong(
        "key",
        `The project refuses the key (${message}). Copy it again from Project Settings → API Keys of this very project.`,
      ),
    ];
  }
  if (status !== 200) {
    return [
      wrong(
        "address",
        `This does not look like a Supabase project: its sign-in answers ${status} (${message}). Check the address.`,
      ),
    ];
  }
  const settings = body as { external?: { email?: boolean } } | null;
  return [
    ok("key", "The project answers and accepts the key."),
    settings?.external?.email === false
      ? wrong(
          "sign-in",
          "Signing in by e-mail is switched off: Dashboard → Authentication → Sign In / Providers → Email.",
        )
      : ok("sign-in", "Signing in by e-mail is possible."),
  ];
}

async function checkContents(
  probe: ProjectProbe,
  { tables, functions, buckets, optional }: ProjectPromise,
): Promise<ProjectFinding[]> {
  const [needed, ...parts] = await Promise.all([
    Promise.all([
      ...tables.map((table) => checkTable(probe, table)),
      ...functions.map((wanted) => checkFunction(probe, wanted)),
      ...buckets.map((bucket) => checkBucket(probe, bucket)),
    ]),
    ...optional.map((part) => checkOptional(probe, part)),
  ]);
  return [...needed, ...parts.flat()];
}

/** A part that is there in pieces is to be mended; one of which nothing is there may stay away. */
async function checkOptional(
  probe: ProjectProbe,
  { name, sql, tables, functions }: ProjectPromise["optional"][number],
): Promise<ProjectFinding[]> {
  const findings = await Promise.all([
    ...tables.map((table) => checkTable(probe, table)),
    ...functions.map((wanted) => checkFunction(probe, wanted)),
  ]);
  if (!findings.every(({ state }) => state === "missing")) return findings;
  const message = `The project has no ${name}, which is optional: everything works and stays private. To have them, run the SQL below in the project's SQL editor.`;
  return [{ subject: name, state: "optional", message, sql }];
}

async function checkTable(
  probe: ProjectProbe,
  { name, columns, sql }: ProjectPromise["tables"][number],
): Promise<ProjectFinding> {
  const missing: ProjectPromise["tables"][number]["columns"] = [];
  // The database names one missing column at a time.
  for (;;) {
    const present = columns.filter((column) => !missing.includes(column));
    const select = present.map((column) => column.name).join(",");
    const reply = await probe.ask(`/rest/v1/${name}?select=${select}&limit=0`);
    if (reply.status === 200) {
      return wrong(name, `The table ${name} answers without anyone signed in. ${RERUN}`, sql);
    }
    if (NO_TABLE.includes(reply.code)) {
      return lacking(name, `The table ${name} is missing. ${RERUN}`, sql);
    }
    const found =
      reply.code === "42703"
        ? present.find((column) => reply.message.includes(`${name}.${column.name} `))
        : undefined;
    if (found !== undefined) {
      missing.push(found);
      continue;
    }
    if (reply.code !== "42501") return unexpected(name, reply);
    if (missing.length === 0) return ok(name, `The table ${name} is there, with all its columns.`);
    const names = missing.map((column) => column.name).join(", ");
    const statements = missing.map((column) => column.sql).join("\n");
    return lacking(name, `The table ${name} lacks ${names}. ${RERUN}`, statements);
  }
}

async function checkFunction(
  probe: ProjectProbe,
  wanted: ProjectPromise["functions"][number],
): Promise<ProjectFinding> {
  // The API looks functions up by the names of their parameters; nothing is passed in them.
  const names = wanted.arguments
    .split(", ")
    .map((parameter) => parameter.split(" ")[0] ?? "")
    .filter((name) => name !== "");
  const reply = await probe.ask(`/rest/v1/rpc/${wanted.name}`, {
    method: "POST",
    body: JSON.stringify(Object.fromEntries(names.map((name) => [name, null]))),
  });
  const { name, sql } = wanted;
  if (reply.status === 200) {
    return wrong(name, `The function ${name} answers without anyone signed in. ${RERUN}`, sql);
  }
  if (NO_FUNCTION.includes(reply.code)) {
    return lacking(
      name,
      `The function ${name} is missing, or an older one is there. ${RERUN}`,
      sql,
    );
  }
  if (reply.code !== "42501") return unexpected(name, reply);
  return ok(name, `The function ${name} is there.`);
}

/** Asks to upload one byte, which a bucket that is set up rightly refuses to strangers. */
async function checkBucket(
  probe: ProjectProbe,
  { id, sql }: ProjectPromise["buckets"][number],
): Promise<ProjectFinding> {
  const path = `/storage/v1/object/${id}/lora-desk-check/${randomUUID()}`;
  const reply = await probe.ask(path, {
    method: "POST",
    contentType: "text/x-lora-desk-check",
    body: "?",
  });
  if (reply.status === 200) {
    await probe.ask(path, { method: "DELETE" });
    return wrong(
      id,
      `Everyone may upload to the bucket ${id} without signing in: look through the policies on storage.objects and remove those that name no user. ${RERUN}`,
      sql,
    );
  }
  if (reply.message === "Bucket not found") {
    return lacking(id, `The bucket ${id} is missing. ${RERUN}`, sql);
  }
  if (!isExpectedRefusal(reply)) return unexpected(id, reply);
  return checkPublicLink(probe, id, sql);
}

/** By a policy, or by the bucket's types: the server may ask after either first. */
function isExpectedRefusal({ code, message }: ProbeReply): boolean {
  const isByPolicy = message.includes("row-level security");
  const isByType = ["InvalidMimeType", "invalid_mime_type"].includes(code);
  return isByPolicy || isByType;
}

/** A private bucket is not found by the links that open the files of a public one. */
async function checkPublicLink(
  probe: ProjectProbe,
  id: string,
  sql: string,
): Promise<ProjectFinding> {
  let reply: ProbeReply;
  let attempts = 0;
  do {
    attempts++;
    reply = await probe.ask(`/storage/v1/object/public/${id}/lora-desk-check`);
    // Hosted projects look for bucket and file at once: now and then the file's absence is told
    // first, of a private bucket too.
  } while (reply.message === "Object not found" && attempts < PUBLIC_LINK_ATTEMPTS);
  if (reply.message === "Bucket not found") return ok(id, `The bucket ${id} is there and private.`);
  if (reply.status !== 200 && reply.message !== "Object not found") return unexpected(id, reply);
  return wrong(
    id,
    `The bucket ${id} is public: anyone with a link reads its files without signing in. ${RERUN}`,
    sql,
  );
}
