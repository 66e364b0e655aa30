import { performance } from "node:perf_hooks";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { JobHealth } from "../../shared/contract/job-facts.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { Heartbeat } from "../../shared/contract/run-folder.ts";
import type { NoticeDraft } from "../notices/notice-draft.ts";
import type { Store } from "../store/open-store.ts";
import { assess } from "./assess.ts";
import { DiskPauses } from "./disk-pauses.ts";
import { DiskPauseStore } from "./disk-pause-store.ts";
import { FindingStore } from "./finding-store.ts";
import { GpuWatch, type WatchedMonitor } from "./gpu-watch.ts";
import { healthNotice } from "./health-notice.ts";
import { followOccurrences } from "./occurrences.ts";
import { checkpointBytesOf, freeBytesOf } from "./run-disk.ts";
import { RunWatch, type WatchableJob } from "./run-watch.ts";

const LOOK_EVERY_MS = 5000;
const POINTS_BACK = 200;

/** What the watch needs of the jobs. */
export interface WatchedJobs {
  list(): Promise<Job[]>;
  /** The points from this step on. */
  pointsFrom(id: string, step: number): Promise<MetricsPoint[]>;
  readHeartbeat(job: Job): Promise<Heartbeat | null>;
  stop(id: string): Promise<unknown>;
  resume(id: string): Promise<unknown>;
  setHealth(id: string, health: JobHealth | null): void;
  replan(): void;
}

export interface HealthWatchOptions {
  store: Store;
  jobs: WatchedJobs;
  subscribe: CoreClient["subscribe"];
  gpus: WatchedMonitor;
  addNotice: (draft: NoticeDraft) => void;
  now: () => Date;
  log: (message: string, details?: Record<string, unknown>) => void;
  lookEveryMs?: number;
  /** Of a clock that is never set. */
  clockMs?: () => number;
  freeBytes?: (path: string) => Promise<number | null>;
}

export interface HealthWatch {
  /** Begins; call it when what the runs did meanwhile is in the store. */
  start(): Promise<void>;
  /** Looks at every run now. */
  look(): Promise<void>;
  /** Why a queued job is not to be started yet. */
  reasonToWait(jobId: string): string | null;
  close(): Promise<void>;
}

/** Watches over the runs that train, says what is wrong once, and pauses them before a disk is full. */
export function openHealthWatch(options: HealthWatchOptions): HealthWatch {
  const { store, jobs, subscribe, now, log } = options;
  const lookEveryMs = options.lookEveryMs ?? LOOK_EVERY_MS;
  const clockMs = options.clockMs ?? (() => performance.now());
  const freeBytes = options.freeBytes ?? freeBytesOf;
  const watches = new Map<string, RunWatch>();
  const findings = new FindingStore(store);
  const pauses = new DiskPauses({
    ...jobs,
    pauses: new DiskPauseStore(store),
    now,
    freeBytes,
    log,
  });
  let lastLookMs = clockMs();
  let looking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const see = (job: Job): void => {
    try {
      follow(job);
    } catch (error) {
      // As on a full disk, where nothing can be written: no reason for the core to end.
      log("A change of a run could not be followed", { job: job.id, error: String(error) });
    }
  };

  const follow = (job: Job): void => {
    pauses.seen(job);
    const watch = watches.get(job.id);
    if (job.status === "preparing" || job.status === "running") {
      if (watch?.job.attempt === job.attempt) watch.changed(job);
      else begin(job);
    } else if (watch !== undefined) {
      watches.delete(job.id);
      clear(watch);
    }
    gpus.setNeeded([...watches.values()].some(({ job }) => job.device.kind === "cuda"));
  };

  const begin = (job: WatchableJob): void => {
    const watch = new RunWatch(job, findings.load(job.id, job.attempt));
    watches.set(job.id, watch);
    if (job.progress.step === 0) return;
    // What is usual is only to be seen in what came before the loss rose.
    const riseAt = watch.highLossSince;
    const from = riseAt === null ? Math.max(0, job.progress.step - POINTS_BACK) : 0;
    jobs
      .pointsFrom(job.id, from)
      .then((points) => watch.remember(pointsFromBefore(riseAt, points), now()))
      .catch((error: unknown) =>
        log("The last points could not be read", { error: String(error) }),
      );
  };

  /** With the attempt everything that was wrong with it is over. */
  const clear = ({ job, occurrences }: RunWatch): void => {
    findings.save(job.id, job.attempt, followOccurrences(occurrences, [], now()));
  };

  const lookAt = async (watch: RunWatch, elapsedMs: number): Promise<void> => {
    const { job } = watch;
    const [heartbeat, free, checkpointBytes, faults] = await Promise.all([
      jobs.readHeartbeat(job).catch(() => null),
      freeBytes(job.runPath),
      checkpointBytesOf(job.runPath),
      gpus.faults(),
    ]);
    if (isClosed || watches.get(job.id) !== watch) return;
    const seen = watch.look(elapsedMs, {
      heartbeat,
      disk: free === null ? null : { freeBytes: free, checkpointBytes, path: job.runPath },
      gpus: gpus.observe(job.device.kind === "cuda" ? job.device.uuids : []),
      faults,
      now: now(),
    });
    const present = [...watch.occurrences].flatMap(([key, { clearedAt }]) =>
      clearedAt === null ? key : [],
    );
    const found = assess(seen, new Set(present));
    const assessed = followOccurrences(watch.occurrences, found, now());
    store.transaction(() => {
      findings.save(job.id, job.attempt, assessed);
      for (const occurrence of assessed.begun) options.addNotice(healthNotice(job, occurrence));
    });
    watch.occurrences = assessed.occurrences;
    jobs.setHealth(job.id, assessed.health);
    if (found.some(({ kind }) => kind === "disk_low")) await pauses.pause(job, checkpointBytes);
  };

  const lookOnce = async (): Promise<void> => {
    const atMs = clockMs();
    // While the computer slept nothing could make progress.
    const elapsedMs = Math.min(atMs - lastLookMs, 2 * lookEveryMs);
    lastLookMs = atMs;
    for (const watch of watches.values()) {
      await lookAt(watch, elapsedMs).catch((error: unknown) => {
        log("A run could not be looked at", { job: watch.job.id, error: String(error) });
      });
    }
    if (!isClosed) await pauses.look();
  };

  const look = (): Promise<void> => {
    looking ??= lookOnce()
      .catch((error: unknown) => log("Looking after runs failed", { error: String(error) }))
      .finally(() => (looking = null));
    return looking;
  };

  const gpus = new GpuWatch(options.gpus, () => void look());
  // Listeners are called in the midst of what changes jobs: whatever changes them again waits.
  const stops = [
    subscribe("jobs.changed", (job) => queueMicrotask(() => isClosed || see(job))),
    subscribe("jobs.removed", ({ id }) => watches.delete(id)),
    subscribe("jobs.points", ({ id, points }) => watches.get(id)?.points(points)),
    subscribe("jobs.logGrew", ({ id }) => watches.get(id)?.logGrew()),
    subscribe("jobs.timeline", ({ id, entries }) => {
      const isSign = entries.some(({ kind }) => kind !== "warning" && kind !== "error");
      if (isSign) watches.get(id)?.signOfProgress();
    }),
  ];

  return {
    async start() {
      if (isClosed) return;
      const present = await jobs.list();
      if (isClosed) return;
      for (const job of present) see(job);
      lastLookMs = clockMs();
      timer = setInterval(() => void look(), lookEveryMs);
      timer.unref();
    },
    look,
    reasonToWait: (jobId) => pauses.reasonToWait(jobId),
    async close() {
      isClosed = true;
      clearInterval(timer);
      for (const stop of stops) stop();
      gpus.close();
      await looking;
    },
  };
}

function pointsFromBefore(at: string | null, points: MetricsPoint[]): MetricsPoint[] {
  if (at === null) return points;
  const atMs = Date.parse(at);
  const after = points.findIndex(({ recordedAt }) => Date.parse(recordedAt) >= atMs);
  return points.slice(Math.max(0, (after < 0 ? points.length : after) - POINTS_BACK));
}
