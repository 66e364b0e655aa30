import type { Publish } from "../../shared/contract/contract.ts";
import type { Artifact, TimelineEntry } from "../../shared/contract/job-records.ts";
import type { JobHealth } from "../../shared/contract/job-facts.ts";
import type { Job, JobTransition } from "../../shared/contract/jobs.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { isActiveJob, jobOf, type JobRecord } from "./job-record.ts";
import { MetricsNews } from "./metrics-news.ts";

/** Progress alone is announced at most this often; a change of status always at once. */
const PROGRESS_INTERVAL_MS = 500;

/** Hears of every job that changed, after the commit, with the changes of its status if any. */
export type JobListener = (record: JobRecord, transitions: readonly JobTransition[]) => void;

export interface JobNewsOptions {
  publish: Publish;
  now: () => Date;
  artifacts: ArtifactStore;
  find: (id: string) => JobRecord | null;
}

/**
 * Tells the world of what is in the store, and with it what is known of a job at the moment and
 * kept nowhere: what it waits for, and how it fares.
 */
export class JobNews {
  readonly #options: JobNewsOptions;
  readonly #listeners = new Set<JobListener>();
  readonly #announced = new Map<string, { progress: JobRecord["progress"]; atMs: number }>();
  #waitingFor: ReadonlyMap<string, string> = new Map();
  readonly #health = new Map<string, JobHealth>();
  readonly #points: MetricsNews;

  constructor(options: JobNewsOptions) {
    this.#options = options;
    this.#points = new MetricsNews(options.publish, options.now);
  }

  toJob(record: JobRecord): Job {
    const health = isActiveJob(record) ? (this.#health.get(record.id) ?? null) : null;
    return jobOf(record, { waitingFor: this.#waitingFor.get(record.id) ?? null, health });
  }

  /** Called for every job that changed, after the commit. Returns how to stop hearing. */
  onChange(listener: JobListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  announce(record: JobRecord, transitions: readonly JobTransition[]): void {
    if (!isActiveJob(record)) this.#health.delete(record.id);
    this.#publishJob(record);
    for (const listener of this.#listeners) listener(record, transitions);
  }

  /** Tells of progress, unless it was told a moment ago; called again and again, it catches up. */
  announceProgress(record: JobRecord): void {
    const last = this.#announced.get(record.id);
    const { step, totalSteps } = record.progress;
    if (last?.progress.step === step && last.progress.totalSteps === totalSteps) return;
    const atMs = this.#options.now().getTime();
    if (last !== undefined && Math.abs(atMs - last.atMs) < PROGRESS_INTERVAL_MS) return;
    this.#publishJob(record);
  }

  /** @param isMoreComing another commit, or a call of `catchUp`, follows at once. */
  tellPoints(id: string, saved: readonly Float64Array[], isMoreComing: boolean): void {
    this.#points.add(id, saved, isMoreComing);
  }

  /** Tells of points and progress that were held back. */
  catchUp(record: JobRecord): void {
    this.#points.tell(record.id);
    this.announceProgress(record);
  }

  /** What each queued job waits for; those for which it changed are announced. */
  setWaiting(waitingFor: ReadonlyMap<string, string>, queued: readonly JobRecord[]): void {
    const before = this.#waitingFor;
    this.#waitingFor = waitingFor;
    for (const record of queued) {
      if (before.get(record.id) !== waitingFor.get(record.id)) this.#publishJob(record);
    }
  }

  /** What a person should know of a running job, or null; told only when it is another one. */
  setHealth(id: string, health: JobHealth | null): void {
    const before = this.#health.get(id) ?? null;
    if (JSON.stringify(before) === JSON.stringify(health)) return;
    if (health === null) this.#health.delete(id);
    else this.#health.set(id, health);
    const record = this.#options.find(id);
    if (record !== null) this.#publishJob(record);
  }

  forget(id: string): void {
    this.#announced.delete(id);
    this.#points.forget(id);
    this.#health.delete(id);
    this.#options.publish("jobs.removed", { id }, id);
  }

  tellEntries(id: string, entries: TimelineEntry[]): void {
    if (entries.length > 0) this.#options.publish("jobs.timeline", { id, entries }, id);
  }

  tellArtifact(artifact: Pick<Artifact, "id"> | undefined): void {
    const stored = artifact === undefined ? null : this.#options.artifacts.find(artifact.id);
    if (stored !== null) this.#options.publish("artifacts.changed", stored, stored.id);
  }

  #publishJob(record: JobRecord): void {
    const atMs = this.#options.now().getTime();
    this.#announced.set(record.id, { progress: record.progress, atMs });
    this.#options.publish("jobs.changed", this.toJob(record), record.id);
  }
}
