import type { GpuFault } from "../../shared/contract/gpus.ts";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { JobOf } from "../../shared/contract/jobs.ts";
import type { Heartbeat } from "../../shared/contract/run-folder.ts";
import { keyOf } from "./finding.ts";
import { LossTrend } from "./loss-trend.ts";
import type { GpuObservation, RunObservation } from "./observation.ts";
import type { Occurrence } from "./occurrences.ts";
import { StepPace } from "./step-pace.ts";

export type WatchableJob = JobOf<"preparing"> | JobOf<"running">;

/** Of a batch that catches up with hours of training only the end says how the run is. */
const POINTS_THAT_TELL = 400;
/** After a start, or a sleep of the computer, a run gets this long to show that it goes on. */
const LEAST_WATCHED_MS = 60_000;
/** What a retry may help against is old news after this long. */
const FAULT_MS = 15 * 60_000;

export interface Surroundings {
  disk: RunObservation["disk"];
  heartbeat: Heartbeat | null;
  gpus: readonly GpuObservation[];
  faults: readonly GpuFault[];
  now: Date;
}

/** What is seen of one attempt of one run, over time. */
export class RunWatch {
  job: WatchableJob;
  occurrences: ReadonlyMap<string, Occurrence>;
  readonly #loss = new LossTrend();
  readonly #pace = new StepPace();
  #quietMs = 0;
  #watchedMs = 0;
  #silentMs: number | null = null;
  #beat: number | null = null;

  constructor(job: WatchableJob, occurrences: ReadonlyMap<string, Occurrence>) {
    this.job = job;
    this.occurrences = occurrences;
  }

  /** Since when the loss is known to be far above the usual; null: it is not. */
  get highLossSince(): string | null {
    const known = this.occurrences.get(keyOf({ kind: "loss_exploding", subject: "" }));
    return known === undefined || known.clearedAt !== null ? null : known.since;
  }

  /** What was recorded before this watch began. */
  remember(points: readonly MetricsPoint[], now: Date): void {
    this.#take(points);
    const last = points.at(-1);
    if (last !== undefined) {
      this.#quietMs = Math.max(0, now.getTime() - Date.parse(last.recordedAt));
    }
  }

  changed(job: WatchableJob): void {
    if (job.phase !== this.job.phase || job.status !== this.job.status) this.signOfProgress();
    this.job = job;
  }

  points(points: readonly MetricsPoint[]): void {
    this.#take(points.slice(-POINTS_THAT_TELL));
    this.signOfProgress();
  }

  /** A trainer that loads or tokenises tells of it in its log alone. */
  logGrew(): void {
    if (this.job.status === "preparing") this.signOfProgress();
  }

  signOfProgress(): void {
    this.#quietMs = 0;
  }

  /** @param elapsedMs awake time since the last look. */
  look(elapsedMs: number, around: Surroundings): RunObservation {
    this.#watchedMs += elapsedMs;
    this.#quietMs += elapsedMs;
    this.#seeHeartbeat(elapsedMs, around.heartbeat);
    const { usual, last, highSteps, calmSteps } = this.#loss;
    return {
      phase: this.job.phase,
      quietMs: this.#watchedMs < LEAST_WATCHED_MS ? 0 : this.#quietMs,
      stepMs: this.#pace.medianMs ?? this.job.dryRun?.stepMs ?? null,
      silentMs: this.#silentMs,
      disk: around.disk,
      loss: usual === null || last === null ? null : { usual, last, highSteps, calmSteps },
      gpus: around.gpus,
      faults: around.faults.filter((fault) => this.#concerns(fault, around.now)),
    };
  }

  /** By change, not by age: the clock may be set. */
  #seeHeartbeat(elapsedMs: number, heartbeat: Heartbeat | null): void {
    if (heartbeat !== null && heartbeat.ts !== this.#beat) {
      this.#beat = heartbeat.ts;
      this.#silentMs = 0;
    } else if (this.#silentMs !== null) {
      this.#silentMs += elapsedMs;
    }
  }

  #concerns({ uuid, at, canRetryHelp }: GpuFault, now: Date): boolean {
    const { device, startedAt } = this.job;
    if (device.kind !== "cuda" || uuid === null || !device.uuids.includes(uuid)) return false;
    if (at < startedAt) return false;
    return !canRetryHelp || now.getTime() - Date.parse(at) < FAULT_MS;
  }

  #take(points: readonly MetricsPoint[]): void {
    for (const { step, trainingLoss, recordedAt } of points) {
      this.#loss.add(step, trainingLoss);
      this.#pace.add(step, Date.parse(recordedAt));
    }
  }
}
