import { AppError } from "../../shared/app-error.ts";
import type { Publish } from "../../shared/contract/contract.ts";
import type { Artifact, TimelineEntry } from "../../shared/contract/job-records.ts";
import type { JobStatus } from "../../shared/contract/jobs.ts";
import type { Store } from "../store/open-store.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import type { JobRecord } from "./job-record.ts";
import type { JobStore } from "./job-store.ts";
import { type JobEvent, transition } from "./lifecycle.ts";
import { JobNews } from "./job-news.ts";
import type { MetricsStore } from "./metrics-store.ts";
import type { QueuePlace } from "./queue-order.ts";
import { foldEvents } from "./run-fold.ts";
import type { ParsedEvents } from "./parse-run-events.ts";
import type { SampleStore } from "./sample-store.ts";
import type { NewTimelineEntry, TimelineStore } from "./timeline-store.ts";
import { causeOf } from "./transition-cause.ts";
import type { NewTransition, TransitionStore } from "./transition-store.ts";

export interface LedgerStores {
  store: Store;
  jobs: JobStore;
  metrics: MetricsStore;
  timeline: TimelineStore;
  samples: SampleStore;
  artifacts: ArtifactStore;
  transitions: TransitionStore;
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
      | "attempt"
      | "eventsOffset"
      | "report"
      | "idleInterruptions"
      | "adapterPath"
      | "plan"
      | "accounting"
      | "queueRank"
      | "retriesUsed"
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
  readonly news: JobNews;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.news = new JobNews({ ...options, find: (id) => this.find(id) });
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

  listUnwanted(): JobRecord[] {
    return this.#options.jobs.listUnwanted();
  }

  create(record: JobRecord, note: string, isKeptLocal?: boolean): void {
    const { jobs, store, timeline, transitions } = this.#options;
    const created = this.#step(record, null, "create", note);
    const ranked = { ...record, queueRank: jobs.nextQueueRank() };
    const { entries, steps } = store.transaction(() => {
      jobs.insert(ranked, isKeptLocal);
      return {
        entries: timeline.append(record.id, [
          this.#entry(record, { kind: "status", message: note }),
        ]),
        steps: transitions.append(record.id, [created]),
      };
    });
    this.news.announce(ranked, steps);
    this.news.tellEntries(record.id, entries);
  }

  /** @returns the job as it is now, or null when the event does not apply in its state. */
  apply(id: string, change: Change): JobRecord | null {
    return this.applyAll(id, [change]);
  }

  /** Several changes in one transaction: all of them, or none when one does not apply. */
  applyAll(id: string, changes: readonly Change[]): JobRecord | null {
    const { jobs, store, timeline, artifacts, transitions } = this.#options;
    const before = this.get(id);
    let record = before;
    const notes: NewTimelineEntry[] = [];
    const taken: NewTransition[] = [];
    for (const { event, set, note } of changes) {
      if (event !== undefined) {
        const result = transition(record.state, event);
        if (!result.applies) return null;
        const from = record.state.status;
        record = { ...record, ...set, state: result.state };
        if (result.state.status !== from) {
          if (result.state.status === "queued") {
            record = { ...record, queueRank: jobs.nextQueueRank() };
          }
          taken.push(this.#step(record, from, event.type, causeOf(event, note?.message)));
        }
      }
      record = { ...record, ...set };
      if (note !== undefined) notes.push(this.#entry(record, note));
    }
    record = { ...record, updatedAt: this.#options.now().toISOString() };
    const { entries, steps } = store.transaction(() => {
      jobs.save(record);
      for (const { artifact } of changes) if (artifact !== undefined) artifacts.insert(artifact);
      return { entries: timeline.append(id, notes), steps: transitions.append(id, taken) };
    });
    this.news.tellEntries(id, entries);
    for (const { artifact } of changes) this.news.tellArtifact(artifact);
    const isNews = record.state !== before.state || record.accounting !== before.accounting;
    if (isNews) this.news.announce(record, steps);
    return record;
  }

  /** The queue in another order: all of it in one transaction. */
  arrange(places: readonly QueuePlace[]): void {
    const { jobs, store, now } = this.#options;
    const moved: JobRecord[] = [];
    for (const { id, queueRank, priority, hasPriority } of places) {
      const record = this.get(id);
      const { applies, state } = transition(record.state, { type: "arrange", hasPriority });
      if (!applies) continue;
      const isSame =
        record.queueRank === queueRank &&
        record.accounting.priority === priority &&
        JSON.stringify(state) === JSON.stringify(record.state);
      if (isSame) continue;
      const accounting = { ...record.accounting, priority };
      moved.push({ ...record, state, queueRank, accounting, updatedAt: now().toISOString() });
    }
    store.transaction(() => moved.forEach((record) => jobs.save(record)));
    for (const record of moved) this.news.announce(record, []);
  }

  /**
   * Points, history, progress and the new offset in one transaction: never one without another.
   *
   * @param isMoreComing more events wait in the file, so what is told of points can wait as well.
   */
  commitEvents(id: string, parsed: ParsedEvents, eventsOffset: number, isMoreComing = false): void {
    const { jobs, metrics, samples, store, timeline, transitions } = this.#options;
    const before = this.get(id);
    const fold = foldEvents(before, parsed.events);
    const record = { ...fold.record, eventsOffset, updatedAt: this.#options.now().toISOString() };
    const warning = this.#warning(record, parsed.problems);
    const { state } = record;
    const reached =
      state.status === before.state.status
        ? []
        : [this.#step(record, before.state.status, "phase", phaseCause(state))];
    const { saved, entries, steps } = store.transaction(() => {
      const saved = metrics.save(id, fold.points);
      for (const sample of fold.samples) samples.save(id, sample);
      jobs.save(record);
      return {
        saved,
        entries: timeline.append(id, [...fold.entries, ...warning]),
        steps: transitions.append(id, reached),
      };
    });
    this.news.tellPoints(id, saved, isMoreComing);
    if (fold.samples.length > 0) {
      this.#options.publish("jobs.samples", { id, samples: fold.samples }, id);
    }
    this.news.tellEntries(id, entries);
    const isSame = JSON.stringify(record.state) === JSON.stringify(before.state);
    if (isSame && hasSameFindings(record, before)) this.news.announceProgress(record);
    else this.news.announce(record, steps);
  }

  #entry(record: JobRecord, note: NonNullable<Change["note"]>): NewTimelineEntry {
    const at = this.#options.now().toISOString();
    const step = record.progress.step > 0 ? record.progress.step : null;
    return { at, attempt: Math.max(1, record.attempt), step, ...note };
  }

  #step(
    record: JobRecord,
    from: JobStatus | null,
    event: NewTransition["event"],
    cause: string,
  ): NewTransition {
    const at = this.#options.now().toISOString();
    return { at, attempt: record.attempt, from, to: record.state.status, event, cause };
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

function phaseCause(state: JobRecord["state"]): string {
  return state.status === "running"
    ? `The trainer is ${state.phase}.`
    : `The trainer reported that it is ${state.status}.`;
}

/** What is told of besides the state and the progress: seldom new, and then at once. */
function hasSameFindings(record: JobRecord, before: JobRecord): boolean {
  return (
    record.plan === before.plan && record.dryRun === before.dryRun && record.best === before.best
  );
}
