import { z } from "zod";
import { failureSchema } from "./errors.ts";

const count = z.int().nonnegative();

/** What is in an account's file and not at its project: nothing of it is lost by signing out. */
export const notInProjectSchema = z.object({
  /** Rows with changes in the outbox. */
  waiting: count,
  /** Quarantined rows: refused by the server, or behind one that was. */
  attention: count,
  /** Points of training curves that are not on the server yet, and of how many curves. */
  waitingPoints: count,
  waitingCurves: count,
  /** Files of datasets and adapters on their way, or about to be. */
  waitingFiles: count,
  /** Files whose upload has failed. */
  failedFiles: count,
});
export type NotInProject = z.infer<typeof notInProjectSchema>;

/**
 * How the rows of this machine stand to the project's: each row is in exactly one of synced,
 * waiting, attention, keptLocal and ofColleagues.
 */
export const syncCountsSchema = notInProjectSchema.extend({
  /** On the server as they are here. */
  synced: count,
  /** Kept local by choice; never sent. */
  keptLocal: count,
  /** Of colleagues, whose adapters were downloaded; never sent. */
  ofColleagues: count,
});
export type SyncCounts = z.infer<typeof syncCountsSchema>;

export const syncStatusSchema = z.object({
  state: z.enum([
    /** No account is open. */
    "off",
    /** Nothing to do. */
    "idle",
    "syncing",
    /** The project cannot be reached or is busy: tried again at `nextTryAt`. */
    "waiting",
    /** By the user. */
    "paused",
    /** The session has ended. */
    "signed_out",
  ]),
  counts: syncCountsSchema,
  /** What stood in the way last, in words; null once a round has gone through. */
  lastError: failureSchema.nullable(),
  nextTryAt: z.iso.datetime().nullable(),
  lastSyncedAt: z.iso.datetime().nullable(),
});
export type SyncStatus = z.infer<typeof syncStatusSchema>;

export const syncTableSchema = z.enum([
  "datasets",
  "training_jobs",
  "model_artifacts",
  "cost_records",
  "notifications",
]);
export type SyncTable = z.infer<typeof syncTableSchema>;

/** A change that the server refused, or that waits for one that it refused. */
export const quarantinedChangeSchema = z.object({
  opId: z.uuid(),
  table: syncTableSchema,
  rowId: z.uuid(),
  action: z.enum(["insert", "update", "delete"]),
  /** The row's name or title, for people. */
  label: z.string(),
  values: z.record(z.string(), z.json()),
  /** The server's reason (see push_changes), or `depends_on`. */
  reason: z.string(),
  /** What was refused and what to do, in words. */
  message: z.string(),
  /** The refused change that this one waits for. */
  dependsOn: z.uuid().nullable(),
  at: z.iso.datetime(),
});
export type QuarantinedChange = z.infer<typeof quarantinedChangeSchema>;

/** A name or note of ours that somebody's later one has replaced, or the other way round. */
export const overwrittenValueSchema = z.object({
  table: syncTableSchema,
  rowId: z.uuid(),
  column: z.string(),
  lost: z.json(),
  kept: z.json(),
  at: z.iso.datetime(),
});

export const syncProcedures = {
  "sync.status": { input: z.object({}), output: syncStatusSchema },
  /** Begins a round now, without waiting for the next try. */
  "sync.now": { input: z.object({}), output: z.null() },
  "sync.pause": { input: z.object({ isPaused: z.boolean() }), output: syncStatusSchema },
  "sync.quarantine": { input: z.object({}), output: z.array(quarantinedChangeSchema) },
  /** Sends it (and what depends on it) again, with other values where some are given. */
  "sync.retry": {
    input: z.object({ opId: z.uuid(), values: z.record(z.string(), z.json()).optional() }),
    output: z.null(),
  },
  /**
   * Gives the change up, with what depends on it: a new row is kept local, a changed one has the
   * project's values again, a deleted one lives on at the project. Not what a machine says of its
   * own job: `conflict`.
   */
  "sync.discard": { input: z.object({ opId: z.uuid() }), output: z.null() },
  /** The change and its row as JSON text, to be kept elsewhere. */
  "sync.export": { input: z.object({ opId: z.uuid() }), output: z.object({ text: z.string() }) },
  "sync.overwritten": { input: z.object({}), output: z.array(overwrittenValueSchema) },
  /** Only before anything of it was sent. A kept dataset's jobs are kept with it. */
  "sync.setKeepLocal": {
    input: z.object({
      table: z.enum(["datasets", "training_jobs"]),
      id: z.uuid(),
      isKeptLocal: z.boolean(),
    }),
    output: z.null(),
  },
  "sync.keptLocal": {
    input: z.object({}),
    output: z.object({
      datasets: z.array(z.uuid()),
      jobs: z.array(z.uuid()),
      /** Jobs of colleagues, whose adapters were downloaded: never sent, and not ours to share. */
      jobsOfColleagues: z.array(z.uuid()),
    }),
  },
} as const;

export const syncTopics = {
  "sync.changed": syncStatusSchema,
} as const;
