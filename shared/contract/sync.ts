import { z } from "zod";
import { metricsPointSchema } from "./job-records.ts";
import { teamInvitationSchema } from "./teams.ts";
import { failureSchema } from "./errors.ts";
import {
  datasetRowSchema,
  modelArtifactRowSchema,
  trainingJobRowSchema,
} from "../types/team-rows.ts";

const idInput = z.object({ id: z.uuid() });
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

/** A user's place in one project. Each has a database file of its own on this machine. */
export const accountSchema = z.object({
  id: z.uuid(),
  projectUrl: z.string(),
  email: z.string(),
  userId: z.uuid(),
  /** False when its session has ended: it must sign in again before anything is synced. */
  isSignedIn: z.boolean(),
  /** What waits in its file, and stays there while it is signed out; null: it cannot be read. */
  unsynced: notInProjectSchema.nullable(),
});
export type Account = z.infer<typeof accountSchema>;

export const accountsSchema = z.object({
  /** The account whose file is open; null: local work without an account. */
  activeId: z.uuid().nullable(),
  accounts: z.array(accountSchema),
  /** Datasets and jobs in the file without an account, which an account may take over. */
  local: z.object({ datasets: count, jobs: count }),
});
export type Accounts = z.infer<typeof accountsSchema>;

const project = {
  url: z.string().trim().max(500),
  anonKey: z.string().trim().max(2000),
  email: z.email().max(320),
};

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

/** A file on its way to or from a bucket. */
export const transferSchema = z.object({
  id: z.uuid(),
  direction: z.enum(["upload", "download"]),
  /** The row that the file belongs to. */
  table: z.enum(["datasets", "model_artifacts"]),
  rowId: z.uuid(),
  fileName: z.string(),
  state: z.enum(["waiting", "moving", "verifying", "done", "paused", "failed"]),
  bytesDone: count,
  bytesTotal: count,
  /** Over the last seconds; null while it does not move. */
  bytesPerSecond: z.number().nonnegative().nullable(),
  error: failureSchema.nullable(),
});
export type Transfer = z.infer<typeof transferSchema>;

/** Rows as the project has them that this machine does not have itself. */
export const elsewhereSchema = z.object({
  datasets: z.array(datasetRowSchema.omit({ sample_data: true, validation_errors: true })),
  jobs: z.array(trainingJobRowSchema),
  artifacts: z.array(modelArtifactRowSchema),
  /** Whose rows these are, by user id; own rows of other machines carry the account's own id. */
  members: z.array(z.object({ userId: z.uuid(), email: z.string() })),
  /** Teams that ask the account's own address to join. */
  invitations: z.array(teamInvitationSchema),
});
export type Elsewhere = z.infer<typeof elsewhereSchema>;

export const syncProcedures = {
  "accounts.list": { input: z.object({}), output: accountsSchema },
  /** Signs in with a password and opens the account's file; the first time it is made. */
  "accounts.signIn": {
    input: z.object({
      ...project,
      password: z.string().min(1).max(1000),
      /** The local work without an account becomes this account's. */
      adoptLocal: z.boolean().default(false),
    }),
    output: accountsSchema,
  },
  /** Sends a code by mail (the magic link's), which `accounts.enterCode` takes. */
  "accounts.sendCode": { input: z.object(project), output: z.null() },
  "accounts.enterCode": {
    input: z.object({
      ...project,
      /** Mails show it in groups, and so it is pasted. */
      code: z
        .string()
        .overwrite((code) => code.replaceAll(/\s/g, ""))
        .min(4)
        .max(64),
      adoptLocal: z.boolean().default(false),
    }),
    output: accountsSchema,
  },
  /** Opens another account's file; null: local work without an account. */
  "accounts.use": { input: z.object({ id: z.uuid().nullable() }), output: accountsSchema },
  /** The local work without an account becomes the open account's, beside what that has already. */
  "accounts.adoptLocal": { input: z.object({}), output: accountsSchema },
  /** Ends the session; the file and what waits in it stay. */
  "accounts.signOut": { input: idInput, output: accountsSchema },

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

  "transfers.list": { input: z.object({}), output: z.array(transferSchema) },
  /** Begins an upload of a dataset's or an adapter's files, or goes on with it. */
  "transfers.upload": {
    input: z.object({ table: z.enum(["datasets", "model_artifacts"]), rowId: z.uuid() }),
    output: z.array(transferSchema),
  },
  /** Brings what another machine has stored here: it then stands among this machine's own. */
  "transfers.download": {
    input: z.object({ table: z.enum(["datasets", "model_artifacts"]), rowId: z.uuid() }),
    output: z.array(transferSchema),
  },
  "transfers.pause": { input: idInput, output: z.null() },
  "transfers.resume": { input: idInput, output: z.null() },
  "transfers.cancel": { input: idInput, output: z.null() },

  "elsewhere.list": { input: z.object({}), output: elsewhereSchema },
  /** Reads anew what others share, and is answered when that is done; `sync.now` does own rows. */
  "elsewhere.refresh": { input: z.object({}), output: z.null() },
  /** The curve of a job of another machine, fetched when it is looked at. */
  "elsewhere.metrics": {
    input: z.object({
      jobId: z.uuid(),
      fromStep: z.int().nonnegative().optional(),
      toStep: z.int().nonnegative().optional(),
      pixels: z.int().min(1).max(10_000),
    }),
    output: z.object({ totalPoints: count, points: z.array(metricsPointSchema) }),
  },
  /** Deletes an own row of another machine in the project; of a job that is under way it is refused. */
  "elsewhere.delete": {
    input: z.object({
      table: z.enum(["datasets", "training_jobs", "model_artifacts"]),
      id: z.uuid(),
    }),
    output: z.null(),
  },
  /** Asks the job's own workstation to stop it or to go on with it. */
  "elsewhere.setDesiredState": {
    input: z.object({ jobId: z.uuid(), desiredState: z.enum(["running", "stopped"]) }),
    output: z.null(),
  },
} as const;

export const syncTopics = {
  /** Another account's file was opened: everything that was shown before is another's. */
  "accounts.changed": accountsSchema,
  "sync.changed": syncStatusSchema,
  "transfers.changed": transferSchema,
  "transfers.removed": z.object({ id: z.uuid() }),
  /** Rows of other machines came, changed or went: ask again. */
  "elsewhere.changed": z.object({}),
} as const;
