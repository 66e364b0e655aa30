import { MetricsStore } from "../../electron/jobs/metrics-store.ts";
import { openStore, type Store } from "../../electron/store/open-store.ts";
import { openSync, type Sync } from "../../electron/sync/open-sync.ts";
import { enableSync } from "../../electron/sync/outbox-adoption.ts";
import { SyncAccountStore } from "../../electron/sync/sync-account-store.ts";
import { createSupabaseTeamServer } from "../../electron/sync/supabase-team-server.ts";
import type { SeededRandom } from "../torture/seeded-random.ts";
import { createSeededIds } from "./seeded-ids.ts";
import type { Journal } from "./journal.ts";
import { LocalRows } from "./local-rows.ts";
import { MortalStore } from "./mortal-store.ts";
import type { Network } from "./network.ts";
import { PROJECT_URL, type SignIns } from "./sign-ins.ts";
import type { Trace } from "./trace.ts";
import { settle, type VirtualTime } from "./virtual-time.ts";

export interface WorkstationParts {
  /** Unlike any other's in the schedule. */
  name: string;
  /** As its jobs carry it: unlike that of any other machine of its user. */
  host: string;
  userId: string;
  time: VirtualTime;
  random: SeededRandom;
  network: Network;
  signIns: SignIns;
  journal: Journal;
  trace: Trace;
}

/** A machine: a file that stays, and the lives of the process that looks after it. */
export class Workstation {
  readonly name: string;
  readonly host: string;
  readonly userId: string;
  /** How far its clock is wrong. */
  skewMs = 0;
  /** Somebody else's session is lent to it by mistake. */
  strangerId: string | null = null;
  readonly store: Store;
  readonly rows: LocalRows;
  readonly metrics: MetricsStore;
  readonly createId: () => string;
  /** Errors that sync met within itself: there should be none. */
  readonly faults: string[] = [];
  sync: Sync | null = null;
  isEnabled = false;
  readonly #parts: WorkstationParts;
  #life: { store: MortalStore; isDead: boolean } | null = null;
  #lives = 0;
  #lastStepAt = 0;

  constructor(parts: WorkstationParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.host = parts.host;
    this.userId = parts.userId;
    this.store = openStore({ path: ":memory:", log: () => undefined });
    this.rows = new LocalRows(this.store, this.name, parts.journal, () => this.clock());
    this.metrics = new MetricsStore(this.store);
    this.createId = createSeededIds(parts.random.branch());
  }

  clock(): number {
    return this.#parts.time.now() + this.skewMs;
  }

  /** When so many steps were taken, one after the other. */
  takeSteps(count: number): number {
    const at = Math.max(Math.floor(this.#parts.time.now()), this.#lastStepAt + 1);
    this.#lastStepAt = at + count;
    return at + this.skewMs;
  }

  /** The first sign-in: what is in the file becomes the account's. */
  enable(): void {
    enableSync(this.store, { userId: this.userId, projectUrl: PROJECT_URL });
    this.isEnabled = true;
  }

  boot(): void {
    const { time, random, network, signIns, trace } = this.#parts;
    const life = { store: new MortalStore(this.store), isDead: false };
    this.#life = life;
    this.#lives += 1;
    const isAlive = () => !life.isDead;
    const metrics = new MetricsStore(life.store);
    const session = signIns.sessionFor(this.name, () => this.strangerId ?? this.userId);
    const now = () => new Date(this.clock());
    const own = random.branch();
    this.sync = openSync({
      store: life.store,
      session,
      server: createSupabaseTeamServer({
        session,
        fetch: network.fetchFor(`${this.name}.${this.#lives}`, isAlive),
        withTimeout: (signal) => signal,
        now,
      }),
      workstation: this.host,
      now,
      createId: createSeededIds(random.branch()),
      random: () => own.share(),
      // A dead process is not woken.
      sleep: async (ms, signal) => {
        await time.sleep(ms, signal);
        if (life.isDead) await new Promise(() => undefined);
      },
      publish: () => undefined,
      log: (message, details) => {
        if (life.isDead) return;
        trace.add(`${this.name} says: ${message} ${JSON.stringify(details ?? {})}`);
        // A fault of its own, not one that it met.
        const isOwn = details?.["kind"] === "internal";
        const words = JSON.stringify(details ?? {});
        if (isOwn && !words.includes("AppError")) this.faults.push(words);
      },
      metricsRows: (jobId, from, to) => metrics.unnamedRows(jobId, from, to),
      onDesiredState: (jobId, state) => this.#follow(jobId, state),
    });
    this.sync.start();
  }

  /** Kills the process, now or before one of its next statements, and starts it again later. */
  crash(afterStatements: number, restartMs: number): void {
    const life = this.#life;
    if (life === null || life.isDead) return;
    const die = () => {
      life.isDead = true;
      life.store.die();
      // What is left of it comes to its end without being able to do anything.
      void this.sync?.close().catch(() => undefined);
      this.sync = null;
      this.#parts.trace.add(`${this.name} died`);
      this.#parts.time.after(restartMs, () => {
        this.#parts.trace.add(`${this.name} starts`);
        this.boot();
      });
    };
    if (afterStatements === 0) die();
    else life.store.dieAfter(afterStatements, die);
  }

  /** It neither dies nor rests any more. */
  spare(): void {
    this.#life?.store.dieAfter(Number.POSITIVE_INFINITY, () => undefined);
    if (this.sync === null) new SyncAccountStore(this.store).setPaused(false);
    else if (this.sync.status().state === "paused") {
      void this.sync.requests["sync.pause"]({ isPaused: false }, "local");
    }
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    const closing = this.sync?.close();
    if (this.#life !== null) this.#life.isDead = true;
    this.#life?.store.die();
    void closing?.catch(() => undefined);
    await settle();
    this.store.close();
  }

  #follow(jobId: string, state: "running" | "stopped"): void {
    const job = this.rows.find("training_jobs", jobId);
    const isGranted = job !== undefined && job["status"] !== "completed";
    this.#parts.journal.followed.push({ by: this.name, jobId, state, isGranted });
    if (!isGranted) return;
    const status = state === "stopped" ? "stopped" : "queued";
    this.rows.update("training_jobs", jobId, { status, desired_state: state });
  }
}
