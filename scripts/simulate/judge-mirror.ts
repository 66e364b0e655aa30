import type { SyncTable } from "../../shared/contract/sync.ts";
import { isSame } from "./model/model-project.ts";
import type { Project } from "./project.ts";
import type { Workstation } from "./workstation.ts";

/** The feed as a machine has read it says of every row what the project says. */
export function judgeMirror(desk: Workstation, project: Project): string[] {
  const problems: string[] = [];
  const newest = new Map(
    project.data.feed
      .filter(({ userId }) => userId === desk.userId)
      .map((entry) => [`${entry.table} ${entry.rowId}`, entry.id]),
  );
  for (const mirror of desk.store.prepare("SELECT * FROM sync_mirror").all()) {
    const key = `${String(mirror["table_name"])} ${String(mirror["row_id"])}`;
    const server = project.data.rows[mirror["table_name"] as SyncTable].get(
      String(mirror["row_id"]),
    );
    const row: unknown = mirror["row"] === null ? null : JSON.parse(String(mirror["row"]));
    if (!isSame(row, server ?? null)) {
      problems.push(`DIVERGED: the mirror's ${key} on ${desk.name} is not the project's`);
    }
    if (newest.get(key) !== Number(mirror["version"])) {
      problems.push(`DIVERGED: the mirror's version of ${key} on ${desk.name} is not the newest`);
    }
    if (
      Number(mirror["is_deleted"]) !==
      Number(
        server === undefined ||
          (server["deleted_at"] !== null && server["deleted_at"] !== undefined),
      )
    ) {
      problems.push(`DIVERGED: the mirror on ${desk.name} is wrong about the deletion of ${key}`);
    }
    newest.delete(key);
  }
  for (const key of newest.keys())
    problems.push(`LOST: ${key} is not in the mirror on ${desk.name}`);
  return problems;
}
