import type { Prices } from "../../shared/contract/costs.ts";
import type { Job, JobOf, JobTransition } from "../../shared/contract/jobs.ts";
import { readAttemptEnd } from "./attempt-end.ts";
import { type LedgerJob, recordsOfAttempt } from "./cost-record.ts";
import type { CostStore } from "./cost-store.ts";
import { integratePower } from "./power-integral.ts";
import { readPower } from "./read-power.ts";
import { type MeteredAttempt, reckonAttempt } from "./reckon-attempt.ts";

const READ_INTERVAL_MS = 10_000;
/** A sample this old still tells until when an attempt has been measured. */
const RECENT_SECONDS = 60;

export interface CostLedgerOptions {
  costs: CostStore;
  listJobs: () => Promise<Job[]>;
  /** Null when it has been deleted. */
  findJob: (id: string) => Promise<Job | null>;
  historyOf: (id: string) => Promise<JobTransition[]>;
  /** One for each, "" where it is not known. */
  gpuNames: (uuids: readonly string[]) => Promise<string[]>;
  /** Calls back for each job that changes; returns how to stop. */
  onJobChanged: (listener: (job: Job) => void) => () => void;
  onChanged: (jobId: string) => void;
  prices: () => Prices;
  now: () => Date;
  log: (message: string, details?: Record<string, unknown>) => void;
  readIntervalMs?: number;
}

/**
 * Keeps the books on every attempt of every job: reads what the runners wrote of the power, whether
 * or not the app was there, and enters the records of an attempt once it has ended.
 */
export class CostLedger {
  readonly #options: CostLedgerOptions;
  /** What was last seen of each job; progress alone is no news. */
  readonly #seen = new Map<string, string>();
  /** Looks at one job come one after the other. */
  readonly #looks = new Map<string, Promise<void>>();
  readonly #active = new Set<string>();
  readonly #stopListening: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #started: Promise<void>;
  #isClosed = false;

  constructor(options: CostLedgerOptions) {
    this.#options = options;
    this.#stopListening = options.onJobChanged((job) => this.#notice(job));
    this.#started = this.#start();
    this.#timer = setInterval(() => {
      for (const id of this.#active) void this.#look(id);
    }, options.readIntervalMs ?? READ_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Resolves when the books of the job (or of all) are as its files are now. */
  async settle(jobId?: string): Promise<void> {
    await this.#started;
    if (jobId !== undefined) await this.#look(jobId);
    else
      await Promise.all(
        [...new Set([...this.#active, ...this.#looks.keys()])].map((id) => this.#look(id)),
      );
  }

  /** Attempts that have no records yet, and until when each is to be reckoned. */
  openAttempts(jobId: string): { metered: MeteredAttempt; until: number }[] {
    const { costs, now } = this.#options;
    const nowSeconds = now().getTime() / 1000;
    return costs.openAttempts(jobId).map((metered) => {
      const last = this.#lastSampleAt(jobId, metered.attempt);
      const isRecent = last !== null && nowSeconds - last < RECENT_SECONDS;
      return { metered, until: isRecent ? last : nowSeconds };
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopListening();
    clearInterval(this.#timer);
    await this.#started;
    await Promise.all(this.#looks.values());
  }

  async #start(): Promise<void> {
    try {
      for (const job of await this.#options.listJobs()) this.#notice(job);
      await Promise.all(this.#looks.values());
    } catch (error) {
      this.#options.log("The costs of runs could not be brought up to date", {
        error: String(error),
      });
    }
  }

  #notice(job: Job): void {
    if (this.#isClosed || job.attempt === 0) return;
    const sight = `${job.status} ${job.attempt}`;
    if (this.#seen.get(job.id) === sight) return;
    this.#seen.set(job.id, sight);
    if (isActive(job)) this.#active.add(job.id);
    else this.#active.delete(job.id);
    const { costs } = this.#options;
    if (!isActive(job) && costs.isEntered(job.id, job.attempt)) return;
    void this.#look(job.id);
  }

  #look(jobId: string): Promise<void> {
    const before = this.#looks.get(jobId) ?? Promise.resolve();
    const look = before.then(async () => {
      try {
        if (!this.#isClosed) await this.#bringUpToDate(jobId);
      } catch (error) {
        this.#options.log("The costs of a run could not be brought up to date", {
          job: jobId,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
    });
    this.#looks.set(jobId, look);
    void look.then(() => {
      if (this.#looks.get(jobId) === look) this.#looks.delete(jobId);
    });
    return look;
  }

  async #bringUpToDate(jobId: string): Promise<void> {
    const { findJob, onChanged } = this.#options;
    const job = await findJob(jobId);
    if (job === null) return;
    const isNew = await this.#openAttempts(job);
    const hasGrown = await this.#readPower(job);
    const isEntered = await this.#enterEnded(jobId);
    if (isNew || hasGrown || isEntered) onChanged(jobId);
  }

  /** @returns whether there was one that is not in the books yet. */
  async #openAttempts(job: Job): Promise<boolean> {
    const { costs, historyOf, gpuNames } = this.#options;
    const missing = Array.from({ length: job.attempt }, (_, index) => index + 1).filter(
      (attempt) => !costs.hasAttempt(job.id, attempt),
    );
    if (missing.length === 0 || this.#isClosed) return false;
    const history = await historyOf(job.id);
    const names = job.device.kind === "cuda" ? await gpuNames(job.device.uuids) : [];
    if (this.#isClosed) return false;
    let isNew = false;
    for (const attempt of missing) {
      const launch = history.find((entry) => entry.attempt === attempt && entry.to === "preparing");
      // Of a time before there was a history, nothing is known that could be entered.
      const at = launch?.at ?? (isActive(job) && attempt === job.attempt ? job.startedAt : null);
      if (at === null) continue;
      costs.openAttempt({
        jobId: job.id,
        attempt,
        startedAt: Date.parse(at) / 1000,
        gpuNames: names,
      });
      isNew = true;
    }
    return isNew;
  }

  /** Energy and offset in one transaction: a crash in between must count nothing twice. */
  async #readPower(job: Job): Promise<boolean> {
    const { costs, findJob } = this.#options;
    let hasGrown = false;
    for (;;) {
      const offset = costs.powerOffset(job.id);
      const { samples, nextOffset, hasMore } = await readPower(job.runPath, offset);
      if (nextOffset === offset || this.#isClosed) return hasGrown;
      const byAttempt = Map.groupBy(samples, ({ attempt }) => attempt);
      if ([...byAttempt.keys()].some((attempt) => !costs.hasAttempt(job.id, attempt))) {
        // The job may have begun another attempt since it was looked up.
        const present = await findJob(job.id);
        if (present !== null) await this.#openAttempts(present);
        if (present === null || this.#isClosed) return hasGrown;
      }
      costs.transaction(() => {
        for (const [attempt, ofAttempt] of byAttempt) {
          if (!costs.hasAttempt(job.id, attempt)) continue;
          const before = costs.lastSamples(job.id, attempt);
          const { last, byQuarter } = integratePower(before, ofAttempt);
          costs.addEnergy(job.id, attempt, last, byQuarter);
        }
        costs.setPowerOffset(job.id, nextOffset);
      });
      hasGrown ||= byAttempt.size > 0;
      if (!hasMore) return hasGrown;
    }
  }

  async #enterEnded(jobId: string): Promise<boolean> {
    const { costs, findJob, prices, now } = this.#options;
    let isEntered = false;
    for (const { attempt } of costs.openAttempts(jobId)) {
      // Asked anew: while the files were read it may have ended, and then they were not read whole.
      const job = await findJob(jobId);
      if (job === null || this.#isClosed) return isEntered;
      if (isActive(job) && attempt === job.attempt) continue;
      const end = await this.#endOf(job, attempt);
      await this.#readPower(job);
      const metered = costs.openAttempts(jobId).find((open) => open.attempt === attempt);
      if (metered === undefined || this.#isClosed) return isEntered;
      const endedAt = Math.max(metered.startedAt, end ?? metered.startedAt);
      const shares = reckonAttempt(metered, endedAt, prices());
      const at = now().toISOString();
      const records = recordsOfAttempt(ledgerJob(job), metered, endedAt, shares, prices(), at);
      costs.enter(jobId, attempt, records);
      isEntered = true;
    }
    return isEntered;
  }

  async #endOf(job: Job, attempt: number): Promise<number | null> {
    const marked = await readAttemptEnd(job.runPath, attempt);
    if (marked !== null) return marked;
    const sampled = this.#lastSampleAt(job.id, attempt);
    if (sampled !== null) return sampled;
    const history = await this.#options.historyOf(job.id);
    const left = history.find(
      (entry) => entry.attempt === attempt && ENDS.has(entry.to) && entry.from !== "queued",
    );
    return left === undefined ? null : Date.parse(left.at) / 1000;
  }

  #lastSampleAt(jobId: string, attempt: number): number | null {
    const times = Object.values(this.#options.costs.lastSamples(jobId, attempt)).map(
      ({ ts }) => ts,
    );
    return times.length === 0 ? null : Math.max(...times);
  }
}

const ENDS: ReadonlySet<string> = new Set(["completed", "stopped", "failed", "interrupted"]);

export function ledgerJob(job: Job): LedgerJob {
  return {
    id: job.id,
    name: job.name,
    dataset: job.dataset.name,
    project: job.accounting.project,
  };
}

function isActive(job: Job): job is JobOf<"preparing" | "running" | "stopping"> {
  return job.status === "preparing" || job.status === "running" || job.status === "stopping";
}
