import { AppError } from "../../shared/app-error.ts";
import type { Publish } from "../../shared/contract/contract.ts";
import type { Artifact, Job, MetricsPoint, TimelineEntry } from "../../shared/contract/jobs.ts";
import type { Store } from "../store/open-store.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { jobOf, type JobRecord } from "./job-record.ts";
import type { JobStore } from "./job-store.ts";
import { type JobEvent, transition } from "./lifecycle.ts";
import type { MetricsStore } from "./metrics-store.ts";
import { foldEvents } from "./run-fold.ts";
import type { ParsedEvents } from "./parse-run-events.ts";
import type { SampleStore } from "./sample-store.ts";
import type { NewTimelineEntry, TimelineStore } from "./timeline-store.ts";

/** Progress alone is announced at most this often; a change of status always at once. */
const PROGRESS_INTERVAL_MS = 500;

export interface LedgerStores {
  store: Store;
  jobs: JobStore;
  metrics: MetricsStore;
  timeline: TimelineStore;
  samples: SampleStore;
  artifacts: ArtifactStore;
}

export interface LedgerOptions extends LedgerStores {
  publish: Publish;
  now: () => Date;
}

export interface Change {
  event?: JobEvent;
  /** A line for the job's history. */
  note?: { kind: TimelineEntry["kind"]; message: string };
  set?: Partial<
    Pick<
      JobRecord,
      "attempt" | "eventsOffset" | "report" | "idleInterruptions" | "adapterPath" | "plan"
    >
  >;
  artifact?: Omit<Artifact, "path" | "baseModelName">;
}

/**
 * The one way in which a job changes: the lifecycle decides, one transaction commits, then the
 * world is told. Nothing is announced that is not in the store.
 */
export class JobLedger {
  readonly #options: LedgerOptions;
  readonly #listeners = new Set<(record: JobRecord) => void>();
  readonly #announced = new Map<string, { progress: JobRecord["progress"]; atMs: number }>();
  #waitingFor: ReadonlyMap<string, string> = new Map();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** @throws AppError `not_found` */
  get(id: string): JobRecord {
    const record = this.#options.jobs.find(id);
    if (record !== null) return record;
    throw new AppError("not_found", `There is no job ${id}. It may have been deleted.`);
  }

  find(id: string): JobRecord | null {
    return this.#options.jobs.find(id);
  }

  listUnfinished(): JobRecord[] {
    return this.#options.jobs.listUnfinished();
  }

  toJob(record: JobRecord): Job {
    return jobOf(record, this.#waitingFor.get(record.id) ?? null);
  }

  /** Called for every job whose state changed, after the commit. */
  onChange(listener: (record: JobRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  create(record: JobRecord, note: string): void {
    const { jobs, store, timeline } = this.#options;
    const entries = store.transaction(() => {
      jobs.insert(record);
      return timeline.append(record.id, [this.#entry(record, { kind: "status", message: note })]);
    });
    this.#announce(record);
    this.#publishEntries(record.id, entries);
  }

  /** @returns the job as it is now, or null when the event does not apply in its state. */
  apply(id: string, change: Change): JobRecord | null {
    return this.applyAll(id, [change]);
  }

  /** Several changes in one transaction: all of them, or none when one does not apply. */
  applyAll(id: string, changes: readonly Change[]): JobRecord | null {
    const { jobs, store, timeline, artifacts } = this.#options;
    const before = this.get(id);
    let record = before;
    const notes: NewTimelineEntry[] = [];
    for (const { event, set, note } of changes) {
      if (event !== undefined) {
        const result = transition(record.state, event);
        if (!result.applies) return null;
        record = { ...record, state: result.state };
      }
      record = { ...record, ...set };
      if (note !== undefined) notes.push(this.#entry(record, note));
    }
    record = { ...record, updatedAt: this.#options.now().toISOString() };
    const entries = store.transaction(() => {
      jobs.save(record);
      for (const { artifact } of changes) if (artifact !== undefined) artifacts.insert(artifact);
      return timeline.append(id, notes);
    });
    this.#publishEntries(id, entries);
    for (const { artifact } of changes) this.#publishArtifact(artifact);
    if (record.state !== before.state) this.#announce(record);
    return record;
  }

  /** Points, history, progress and the new offset in one transaction: never one without another. */
  commitEvents(id: string, parsed: ParsedEvents, eventsOffset: number): void {
    const { jobs, metrics, samples, store, timeline } = this.#options;
    const before = this.get(id);
    const fold = foldEvents(before, parsed.events);
    const record = { ...fold.record, eventsOffset, updatedAt: this.#options.now().toISOString() };
    const warning = this.#warning(record, parsed.problems);
    const points = new Map<number, MetricsPoint>();
    const entries = store.transaction(() => {
      for (const point of fold.points) points.set(point.step, metrics.save(id, point));
      for (const sample of fold.samples) samples.save(id, sample);
      jobs.save(record);
      return timeline.append(id, [...fold.entries, ...warning]);
    });
    if (points.size > 0) {
      this.#options.publish("jobs.points", { id, points: [...points.values()] }, id);
    }
    if (fold.samples.length > 0) {
      this.#options.publish("jobs.samples", { id, samples: fold.samples }, id);
    }
    this.#publishEntries(id, entries);
    const isSame = JSON.stringify(record.state) === JSON.stringify(before.state);
    if (isSame && hasSameFindings(record, before)) this.announceProgress(record);
    else this.#announce(record);
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

  /** What each queued job waits for; those for which it changed are announced. */
  setWaiting(waitingFor: ReadonlyMap<string, string>, queued: readonly JobRecord[]): void {
    const before = this.#waitingFor;
    this.#waitingFor = waitingFor;
    for (const record of queued) {
      if (before.get(record.id) !== waitingFor.get(record.id)) this.#publishJob(record);
    }
  }

  forget(id: string): void {
    this.#announced.delete(id);
    this.#options.publish("jobs.removed", { id }, id);
  }

  #announce(record: JobRecord): void {
    this.#publishJob(record);
    for (const listener of this.#listeners) listener(record);
  }

  #publishJob(record: JobRecord): void {
    const atMs = this.#options.now().getTime();
    this.#announced.set(record.id, { progress: record.progress, atMs });
    this.#options.publish("jobs.changed", this.toJob(record), record.id);
  }

  #publishEntries(id: string, entries: TimelineEntry[]): void {
    if (entries.length > 0) this.#options.publish("jobs.timeline", { id, entries }, id);
  }

  #publishArtifact(artifact: Change["artifact"]): void {
    const stored = artifact === undefined ? null : this.#options.artifacts.find(artifact.id);
    if (stored !== null) this.#options.publish("artifacts.changed", stored, stored.id);
  }

  #entry(record: JobRecord, note: NonNullable<Change["note"]>): NewTimelineEntry {
    const at = this.#options.now().toISOString();
    const step = record.progress.step > 0 ? record.progress.step : null;
    return { at, attempt: Math.max(1, record.attempt), step, ...note };
  }

  /** One line however many lines are bad: a damaged file must not flood the history. */
  #warning(record: JobRecord, problems: readonly string[]): NewTimelineEntry[] {
    const [first] = problems;
    if (first === undefined) return [];
    const what =
      problems.length === 1
        ? "A line of events.jsonl was left out"
        : `${problems.length} lines of events.jsonl were left out, the first of them`;
    return [this.#entry(record, { kind: "warning", message: `${what}: ${first}` })];
  }
}

/** What is told of besides the state and the progress: seldom new, and then at once. */
function hasSameFindings(record: JobRecord, before: JobRecord): boolean {
  return (
    record.plan === before.plan && record.dryRun === before.dryRun && record.best === before.best
  );
}
