import { databasePaths } from "../accounts/account-paths.ts";
import { lookInto } from "../accounts/look-into-file.ts";

export interface OwnWorkstation {
  /** Null where no jobs say anything. */
  name: string | null;
  /** A database could not be read, so its jobs may say something. */
  isUnknown: boolean;
}

/**
 * What the jobs that were made in this data folder say: the host's name, where any does, else what
 * the newest does.
 */
export function ownWorkstation(homePath: string, hostName: string): OwnWorkstation {
  const found: { name: string; at: string }[] = [];
  let isUnknown = false;
  for (const path of databasePaths(homePath)) {
    try {
      const row = lookInto(path, undefined, (database) => {
        const isEmpty =
          database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'runs'").get() === undefined;
        if (isEmpty) return undefined;
        // A run without a base model's folder was downloaded.
        return database
          .prepare(
            `SELECT j.workstation AS name, j.created_at AS at FROM training_jobs j
             JOIN runs r ON r.job_id = j.id WHERE r.model_path <> ''
             ORDER BY j.workstation = ? DESC, j.created_at DESC LIMIT 1`,
          )
          .get(hostName);
      });
      if (row !== undefined) found.push({ name: String(row["name"]), at: String(row["at"]) });
    } catch {
      isUnknown = true;
    }
  }
  const [newest] = found.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  const name = found.some((each) => each.name === hostName) ? hostName : (newest?.name ?? null);
  return { name, isUnknown };
}
