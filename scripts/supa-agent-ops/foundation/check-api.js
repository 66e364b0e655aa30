"use strict";
const { randomUUID } = require("node:crypto");
const { readError, request } = require("../request.js");
const { inMegabytes } = require("./check-storage.js");

/** What only a request shows: the API knows the tables, and shows nothing to the anon key. */
async function checkApi(project, promised) {
  const faults = await Promise.all(
    Object.keys(promised.tables).flatMap((table) => [
      checkServed(project, table),
      checkClosed(project, table),
    ]),
  );
  return faults.filter((fault) => fault !== null);
}

async function checkServed(project, table) {
  const response = await request(project, project.serviceRoleKey, `/rest/v1/${table}?limit=0`);
  if (response.ok) return null;
  const { code, message } = await readError(response);
  return fault(
    table,
    `The API does not serve ${table}: ${message}${code ? ` (${code})` : ""}.`,
    "notify pgrst, 'reload schema';",
  );
}

async function checkClosed(project, table) {
  const response = await request(project, project.anonKey, `/rest/v1/${table}?limit=1`);
  if (!response.ok) return null;
  return fault(
    table,
    `The API answers for ${table} without anyone having signed in.`,
    `revoke all on public.${table} from anon, public;`,
  );
}

/**
 * Whether the project takes files as large as the buckets allow: its own limit goes before theirs
 * and stands in no table. An upload of that size is announced and at once given up; no byte is sent.
 *
 * @returns warnings: the project works, but not for large files.
 */
async function checkFileLimit(project, promised) {
  const warnings = await Promise.all(
    promised.storage.buckets.map((bucket) => announceUpload(project, bucket)),
  );
  return warnings.filter((warning) => warning !== null);
}

async function announceUpload(project, { id, fileSizeLimit, allowedMimeTypes }) {
  const metadata = {
    bucketName: id,
    objectName: `lora-desk-check/${randomUUID()}`,
    contentType: allowedMimeTypes[0],
  };
  const tus = { "tus-resumable": "1.0.0" };
  const key = project.serviceRoleKey;
  const response = await request(project, key, "/storage/v1/upload/resumable", {
    method: "POST",
    headers: {
      ...tus,
      "upload-length": String(fileSizeLimit),
      "upload-metadata": Object.entries(metadata)
        .map(([name, value]) => `${name} ${Buffer.from(value).toString("base64")}`)
        .join(","),
    },
  });
  if (response.status === 201) {
    const { pathname } = new URL(response.headers.get("location") ?? "", project.url);
    await request(project, key, pathname, { method: "DELETE", headers: tus });
    return null;
  }
  // A missing bucket and a refused key are told by other checks.
  if (response.status !== 413) return null;
  return {
    subject: id,
    problem: `The project refuses files of ${inMegabytes(fileSizeLimit)}, which the bucket ${id} allows: its own limit for files is lower (50 MB on the free plan).`,
    remedy:
      "Dashboard → Storage → Settings → Global file size limit (plans above the free one). Until then larger files stay on the workstation and are named in the Sync view.",
  };
}

function fault(subject, problem, sql) {
  return { area: "api", subject, problem, sql };
}

module.exports = { checkApi, checkFileLimit };
