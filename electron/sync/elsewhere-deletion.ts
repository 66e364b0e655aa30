import { AppError } from "../../shared/app-error.ts";
import { deletableElsewhere } from "../../shared/elsewhere-deletion-words.ts";
import { trainingJobRowSchema } from "../../shared/types/team-rows.ts";
import type { Store } from "../store/open-store.ts";
import { owedRemoval } from "./elsewhere-objects.ts";
import type { ElsewhereTable } from "./elsewhere-store.ts";
import { OutboxStore } from "./outbox-store.ts";

export interface ElsewhereDeletionDeps {
  store: Store;
  now: () => Date;
  createId: () => string;
}

const JOB_FACTS = trainingJobRowSchema.pick({
  name: true,
  status: true,
  workstation: true,
  updated_at: true,
});
const NAMES: Record<ElsewhereTable, string> = {
  datasets: "dataset",
  training_jobs: "job",
  model_artifacts: "adapter",
};

/**
 * Has an own row of another machine deleted in the project: of a machine that is gone for good
 * nobody else could. A job goes with its curve and its adapters; the files of adapters are removed
 * once the project has heard of it. It goes through the outbox, so it can be asked for without a
 * network.
 *
 * @throws AppError `not_found`, or `conflict` where it is here or its machine is at it.
 */
export function deleteElsewhere(
  { table, id }: { table: ElsewhereTable; id: string },
  { store, now, createId }: ElsewhereDeletionDeps,
): void {
  store.transaction(() => {
    if (isHere(store, table, id)) {
      throw new AppError("conflict", `This ${NAMES[table]} is on this machine: delete it here.`);
    }
    const row = mirrored(store, table, id);
    if (row === null) {
      throw new AppError(
        "not_found",
        `There is no such ${NAMES[table]} of yours on another machine any more. A colleague’s is theirs to delete.`,
      );
    }
    if (table === "training_jobs") refuseUnderWay(row, now());
    const adapters =
      table === "training_jobs" ? adaptersOf(store, id) : table === "model_artifacts" ? [row] : [];
    for (const adapter of adapters) {
      // By itself, too: its files are removed once this has been answered for.
      const isNew = sendDeletion(store, "model_artifacts", String(adapter["id"]));
      if (isNew) owedRemoval(store, adapter, { at: now().toISOString(), createId });
    }
    if (table !== "model_artifacts") sendDeletion(store, table, id);
  });
}

function isHere(store: Store, table: ElsewhereTable, id: string): boolean {
  return store.prepare(`SELECT 1 FROM ${table} WHERE id = ?`).get(id) !== undefined;
}

type MirrorJson = Record<string, unknown>;

function mirrored(store: Store, table: ElsewhereTable, id: string): MirrorJson | null {
  const found = store
    .prepare(
      `SELECT row FROM sync_mirror WHERE table_name = ? AND row_id = ? AND NOT is_deleted
         AND row IS NOT NULL`,
    )
    .get(table, id);
  return found === undefined ? null : (JSON.parse(String(found["row"])) as MirrorJson);
}

function adaptersOf(store: Store, jobId: string): MirrorJson[] {
  return store
    .prepare(
      `SELECT row FROM sync_mirror m WHERE table_name = 'model_artifacts' AND NOT is_deleted
         AND row ->> '$.job_id' = ?
         AND NOT EXISTS (SELECT 1 FROM model_artifacts a WHERE a.id = m.row_id)`,
    )
    .all(jobId)
    .map(({ row }) => JSON.parse(String(row)) as MirrorJson);
}

function refuseUnderWay(row: MirrorJson, now: Date): void {
  const job = JOB_FACTS.safeParse(row);
  // A newer release may have given it a status that this one does not know.
  if (!job.success || deletableElsewhere(job.data, now.getTime())) return;
  const { name, status, workstation } = job.data;
  throw new AppError(
    "conflict",
    `“${name}” is ${status} on ${workstation}, which was heard of in the last day. Ask it to stop first.`,
  );
}

/** In place of whatever else was to be sent of the row, unless that may be there already. @returns whether it is new. */
function sendDeletion(store: Store, table: ElsewhereTable, id: string): boolean {
  const outbox = new OutboxStore(store);
  for (const entry of outbox.ofRow(table, id)) {
    if (entry.action === "delete") return false;
    if (entry.state === "sent") continue;
    const waiting = entry.opId === null ? [] : outbox.dependents(entry.opId);
    for (const one of waiting) {
      outbox.save({ ...one, state: "pending", reason: null, error: null, dependsOn: null });
    }
    outbox.remove(entry.seq);
  }
  outbox.add(table, id, "delete");
  return true;
}
