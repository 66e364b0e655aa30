import type { NotInProject } from "../../shared/contract/sync.ts";
import { FILES } from "../transfers/unsent-rows-store.ts";
import { IS_UNWANTED } from "../transfers/unwanted-uploads-store.ts";
import { UNSENT_BLOCKS } from "./metrics-push-store.ts";

/** A store, or an account's file that is only looked into. */
export interface Queries {
  prepare(sql: string): { get(): Record<string, unknown> | undefined };
}

/**
 * What an account's file owes its project. Each row with a change in the outbox counts once, as
 * waiting or as in need of attention, however many changes of it there are.
 */
export function notInProject(database: Queries): NotInProject {
  const outbox = database
    .prepare(
      `SELECT count(*) AS changed, coalesce(sum(refused), 0) AS attention FROM (
         SELECT max(state = 'quarantined' OR depends_on IS NOT NULL) AS refused
         FROM sync_outbox GROUP BY table_name, row_id)`,
    )
    .get();
  const curves = database
    .prepare(
      `SELECT coalesce(sum(b.points - u.from_index), 0) AS points,
         count(DISTINCT u.job_id) AS curves ${UNSENT_BLOCKS}`,
    )
    .get();
  const uploads = database
    .prepare(
      `SELECT coalesce(sum(t.state = 'failed'), 0) AS failed, count(*) AS files FROM transfers t
       WHERE t.direction = 'upload' AND t.state NOT IN ('done', 'cancelled') AND NOT ${IS_UNWANTED}`,
    )
    .get();
  const attention = Number(outbox?.["attention"]);
  const failedFiles = Number(uploads?.["failed"]);
  return {
    waiting: Number(outbox?.["changed"]) - attention,
    attention,
    waitingPoints: Number(curves?.["points"]),
    waitingCurves: Number(curves?.["curves"]),
    waitingFiles: Number(uploads?.["files"]) - failedFiles + filesToBegin(database),
    failedFiles,
  };
}

/** Files whose upload has not begun yet: an adapter's come with a list of them. */
function filesToBegin(database: Queries): number {
  const files = database
    .prepare(
      `SELECT coalesce(sum(f.files), 0) AS files FROM (${FILES}) f
       WHERE EXISTS (SELECT 1 FROM sync_rows s WHERE s.table_name = f.table_name
           AND s.row_id = f.row_id AND NOT s.is_kept)
         AND NOT EXISTS (SELECT 1 FROM transfers t WHERE t.direction = 'upload'
           AND t.table_name = f.table_name AND t.row_id = f.row_id)`,
    )
    .get();
  return Number(files?.["files"]);
}
