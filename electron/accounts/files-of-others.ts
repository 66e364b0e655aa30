import { databasePath, databasePaths } from "./account-paths.ts";
import { lookInto } from "./look-into-file.ts";

/**
 * The library's folder is shared by all accounts: whether another one's file names a dataset's
 * bytes. Where that cannot be found out it counts as named, since nothing brings back what is gone.
 */
export function isNamedByOthers(
  homePath: string,
  accountId: string | null,
  sha256: string,
): boolean {
  const own = databasePath(homePath, accountId);
  return databasePaths(homePath).some((path) => {
    if (path === own) return false;
    try {
      return lookInto(path, false, (database) => {
        const sql = `SELECT 1 FROM datasets d JOIN dataset_imports i ON i.dataset_id = d.id
                     WHERE d.sha256 = ? AND i.file_type IS NOT NULL LIMIT 1`;
        return database.prepare(sql).get(sha256) !== undefined;
      });
    } catch {
      return true;
    }
  });
}
