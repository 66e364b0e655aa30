"use strict";
const { comparePolicies } = require("./check-policies.js");
const { holdsForOtherBucketsOnly } = require("./policy-buckets.js");
const { quoteText } = require("./sql-names.js");

function checkStorage(promised, found) {
  if (found.storage === null) {
    return [
      fault(
        "storage",
        "The project has no storage schema.",
        "-- Dashboard → Storage: opening it once sets it up.",
      ),
    ];
  }
  const concerning = found.storage.policies.filter((policy) =>
    concernsUs(policy, promised.storage),
  );
  return [
    ...promised.storage.buckets.flatMap((bucket) => checkBucket(bucket, found.storage.buckets)),
    ...(found.storage.rlsEnabled
      ? []
      : [
          fault(
            "storage.objects",
            "Row-level security is off for storage.objects: every user reaches the files of all.",
            "alter table storage.objects enable row level security;",
          ),
        ]),
    ...comparePolicies("storage.objects", promised.storage.policies, concerning).map(
      ({ problem, sql }) => fault("storage.objects", problem, sql),
    ),
  ];
}

function checkBucket(bucket, found) {
  const present = found.find(({ id }) => id === bucket.id);
  const id = quoteText(bucket.id);
  const wantedTypes = `array[${bucket.allowedMimeTypes.map(quoteText).join(", ")}]`;
  if (present === undefined) {
    return [
      fault(
        bucket.id,
        `The bucket ${bucket.id} is missing.`,
        `insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)\nvalues (${id}, ${id}, false, ${bucket.fileSizeLimit}, ${wantedTypes});`,
      ),
    ];
  }
  const faults = [];
  const report = (/** @type {string} */ problem, /** @type {string} */ assignment) =>
    faults.push(
      fault(
        bucket.id,
        `The bucket ${bucket.id} ${problem}.`,
        `update storage.buckets set ${assignment} where id = ${id};`,
      ),
    );
  if (present.isPublic !== bucket.isPublic) {
    report("is public: anyone with a link reads its files", "public = false");
  }
  if (present.fileSizeLimit !== bucket.fileSizeLimit) {
    report(
      `takes files up to ${inMegabytes(present.fileSizeLimit)} instead of ${inMegabytes(bucket.fileSizeLimit)}`,
      `file_size_limit = ${bucket.fileSizeLimit}`,
    );
  }
  const types = inOrder(present.allowedMimeTypes ?? []);
  if (types !== inOrder(bucket.allowedMimeTypes)) {
    report(
      `allows files of the types ${types || "of every kind"} instead of ${bucket.allowedMimeTypes.join(", ")}`,
      `allowed_mime_types = ${wantedTypes}`,
    );
  }
  return faults;
}

/** Policies of a project's other buckets are none of our business; those without a bucket are. */
function concernsUs(policy, { buckets, policies }) {
  if (policies.some(({ name }) => name === policy.name)) return true;
  const conditions = [policy.using, policy.check].filter((condition) => condition !== null);
  const ours = buckets.map(({ id }) => id);
  return (
    conditions.length === 0 ||
    conditions.some((condition) => !holdsForOtherBucketsOnly(condition, ours))
  );
}

function inOrder(/** @type {string[]} */ types) {
  return [...types].sort((one, other) => one.localeCompare(other)).join(", ");
}

function inMegabytes(/** @type {number | null} */ bytes) {
  return bytes === null ? "the project's own limit" : `${Math.round(bytes / 1024 / 1024)} MB`;
}

function fault(subject, problem, sql) {
  return { area: "storage", subject, problem, sql };
}

module.exports = { checkStorage, inMegabytes };
