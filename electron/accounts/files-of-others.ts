import type { RunOfOthers } from "../jobs/remove-run-folder.ts";
import { databasePath, databasePaths } from "./account-paths.ts";
import { lookInto } from "./look-into-file.ts";

type Look<T> = Parameters<typeof lookInto<T>>[2];

/**
 * The library's folder is shared by all accounts: whether another one's file names a dataset's
 * bytes. Where that cannot be found out it counts as named, since nothing brings back what is gone.
 */
export function isNamedByOthers(
  homePath: string,
  accountId: string | null,
  sha256: string,
): boolean {
  return lookIntoOthers(homePath, accountId, (database) => {
    const sql = `SELECT 1 FROM datasets d JOIN dataset_imports i ON i.dataset_id = d.id
                 WHERE d.sha256 = ? AND i.file_type IS NOT NULL LIMIT 1`;
    return database.prepare(sql).get(sha256) !== undefined;
  }).some((isNamed) => isNamed !== false);
}

/** The same of the folder of a run, of which others may have downloaded the adapter. */
export function runOfOthers(
  homePath: string,
  accountId: string | null,
  jobId: string,
): RunOfOthers {
  const found = lookIntoOthers(homePath, accountId, (database) => {
    const sql = "SELECT model_path, adapter_path FROM runs WHERE job_id = ?";
    return database.prepare(sql).get(jobId) ?? false;
  });
  return {
    // A run without a base model's folder was downloaded.
    isWhole: found.some((run) => run === null || (run !== false && run["model_path"] !== "")),
    adapterPaths: found.flatMap((run) => {
      const path = run === null || run === false ? null : run["adapter_path"];
      return typeof path === "string" ? [path] : [];
    }),
  };
}

/** False where there is no file, null where it cannot be read. */
function lookIntoOthers<T>(
  homePath: string,
  accountId: string | null,
  look: Look<T | false>,
): (T | false | null)[] {
  const own = databasePath(homePath, accountId);
  return databasePaths(homePath)
    .filter((path) => path !== own)
    .map((path) => {
      try {
        return lookInto<T | false>(path, false, look);
      } catch {
        return null;
      }
    });
}
