import { AppError } from "../../shared/app-error.ts";
import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Row, Store } from "../store/open-store.ts";
import { KeptLocalStore } from "./kept-local-store.ts";
import type { OverwrittenStore } from "./merge-overwritten-store.ts";
import { whileApplying } from "./merge-row.ts";
import type { MirrorRow, MirrorStore } from "./mirror-store.ts";
import { isSameValue, toLocalValue } from "./outbox-columns.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { mayBeDone, release } from "./quarantine-entry.ts";

export interface DiscardDeps {
  store: Store;
  outbox: OutboxStore;
  mirror: MirrorStore;
  overwritten: OverwrittenStore;
  workstation: string;
  now: () => Date;
}

/** A row here that has the project's values again. */
export interface GivenBack {
  table: SyncTable;
  rowId: string;
  columns: string[];
}

/**
 * Gives a change up, with what waits for it.
 *
 *   insert   the row is kept local from now on
 *   update   the project's values hold here again; names and notes that are lost are noted
 *   delete   the row lives on at the project, and is one of another machine's for this one
 *
 * What a machine says of its own job is not given up: the project would go on showing something
 * that is not so. It is sent again where other columns of the same change are given up.
 *
 * @throws AppError `conflict` when there is nothing in the change that could be given up, or it was
 *   done.
 */
export function discard(entry: OutboxEntry, deps: DiscardDeps): GivenBack[] {
  if (wasDone(entry, deps)) {
    throw new AppError(
      "conflict",
      "The project has it already: only the answer was lost on its way. Retry it, which does nothing twice. To take it away from there, delete it afterwards.",
    );
  }
  const own = ownColumns(entry, deps);
  if (own.length > 0 && own.length === columnsOfChange(entry).length) {
    throw new AppError(
      "conflict",
      entry.dependsOn === null
        ? `The job runs on this computer, which alone says ${own.join(", ")}: the project would go on showing something else. Edit the change, or retry it.`
        : "The job runs on this computer, and names what this change waits for. Decide about that one: with it, this one is settled.",
    );
  }
  return giveUp(entry, deps);
}

/** An insert that was never answered for, of a row that the feed has brought meanwhile. */
export function wasDone(entry: OutboxEntry, { mirror }: DiscardDeps): boolean {
  const known = mirror.find(entry.table, entry.rowId);
  return entry.action === "insert" && mayBeDone(entry) && known !== null && known.row !== null;
}

function giveUp(entry: OutboxEntry, deps: DiscardDeps): GivenBack[] {
  const { store, outbox } = deps;
  const dependents = entry.opId === null ? [] : outbox.dependents(entry.opId);
  const own = ownColumns(entry, deps);
  if (own.length === 0) outbox.remove(entry.seq);
  else release({ ...entry, columns: own, given: null, reason: null }, outbox);
  const isLost =
    entry.action === "insert" || entry.reason === "deleted" || entry.reason === "not_found";
  if (isLost && outbox.row(entry.table, entry.rowId) !== null) {
    new KeptLocalStore(store).mark(entry.table, entry.rowId);
  }
  const columns = isLost ? [] : writeBack(entry, own, deps);
  const { table, rowId } = entry;
  return [
    ...(columns.length === 0 ? [] : [{ table, rowId, columns }]),
    ...dependents.flatMap((dependent) => giveUp(dependent, deps)),
  ];
}

function columnsOfChange(entry: OutboxEntry): string[] {
  return [...new Set([...entry.columns, ...Object.keys(entry.given ?? {})])];
}

/** Of a change: what this machine alone has to say, of a job that the project has as this one's. */
function ownColumns(entry: OutboxEntry, { outbox, mirror, workstation }: DiscardDeps): string[] {
  if (entry.table !== "training_jobs" || entry.action !== "update") return [];
  if (entry.reason === "deleted" || entry.reason === "not_found") return [];
  const here = outbox.row(entry.table, entry.rowId)?.["workstation"];
  const there = mirror.find(entry.table, entry.rowId)?.row?.["workstation"];
  if (here !== workstation || there !== workstation) return [];
  return columnsOfChange(entry).filter((column) => column !== "name");
}

function writeBack(entry: OutboxEntry, own: readonly string[], deps: DiscardDeps): string[] {
  const { outbox, mirror } = deps;
  const local = outbox.row(entry.table, entry.rowId);
  const known = mirror.find(entry.table, entry.rowId);
  if (entry.action !== "update" || local === null || known === null || known.row === null) {
    return [];
  }
  const server = known.row;
  const columns = [
    ...columnsOfChange(entry).filter((column) => !own.includes(column)),
    // The project has the job as another machine's: so it is one from now on.
    ...(entry.table === "training_jobs" && own.length === 0 ? ["workstation"] : []),
  ].filter(
    (column) =>
      column in server && !isSameValue(entry.table, column, local[column] ?? null, server[column]),
  );
  if (columns.length > 0) write(known, server, local, columns, deps);
  return columns;
}

function write(
  { table, rowId }: MirrorRow,
  server: Record<string, unknown>,
  local: Row,
  columns: readonly string[],
  { store, overwritten, now }: DiscardDeps,
): void {
  try {
    whileApplying(store, () => {
      store
        .prepare(
          `UPDATE ${table} SET ${columns.map((name) => `${name} = ?`).join(", ")} WHERE id = ?`,
        )
        .run(...columns.map((column) => toLocalValue(table, column, server[column])), rowId);
    });
  } catch (error) {
    throw new AppError(
      "conflict",
      "The project's values do not fit this release of LoRA Desk, so the change cannot be given up for them. Update LoRA Desk, then discard it.",
      { cause: error },
    );
  }
  const at = now().toISOString();
  for (const column of columns) {
    if (column !== "name" && column !== "description") continue;
    overwritten.add({ table, rowId, column, lost: local[column], kept: server[column], at });
  }
}
