import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EMPTY_REPORT } from "../../electron/jobs/job-record.ts";
import { MetricsStore } from "../../electron/jobs/metrics-store.ts";
import { prepareDataset } from "../../electron/quickstart/prepare-run.ts";
import { Journal } from "../simulate/journal.ts";
import { LocalRows } from "../simulate/local-rows.ts";
import { newArtifact, newCost, newJob, newNotice } from "../simulate/new-rows.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SyncDesk } from "./sync-desk.ts";

const ROWS_AT_ONCE = 12;
const STEPS_AT_ONCE = 300;

/** What people and runs leave in a data folder between two deaths of its core. */
export class SyncWork {
  readonly #desk: SyncDesk;
  readonly #random: SeededRandom;
  readonly #workstation: string;
  #serial = 0;

  constructor(desk: SyncDesk, random: SeededRandom, workstation: string) {
    this.#desk = desk;
    this.#random = random;
    this.#workstation = workstation;
  }

  /** Asks the core for a dataset and its upload. @returns its id. */
  async importDataset(): Promise<string> {
    this.#serial += 1;
    const folder = join(this.#desk.homePath, "sources");
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `rows-${this.#serial}.jsonl`);
    const rows = Array.from({ length: 200 }, (_, row) => {
      const answer = createHash("sha256").update(`${this.#serial} ${row}`).digest("hex");
      return JSON.stringify({ prompt: `What is ${row} of ${this.#serial}?`, completion: answer });
    });
    writeFileSync(path, `${rows.join("\n")}\n`);
    const client = await this.#desk.client();
    const { id } = await prepareDataset(client, { kind: "path", path }, () => undefined);
    await client.request("transfers.upload", { table: "datasets", rowId: id });
    return id;
  }

  /** Writes rows and points as the core's own parts do, from a process that is not killed. */
  writeRows(userId: string): void {
    const store = this.#desk.openStore();
    try {
      const rows = new LocalRows(store, "desk", new Journal(), Date.now);
      const metrics = new MetricsStore(store);
      for (let each = 0; each < ROWS_AT_ONCE; each++) this.#change(rows, metrics, userId);
    } finally {
      store.close();
    }
  }

  #change(rows: LocalRows, metrics: MetricsStore, userId: string): void {
    const random = this.#random;
    const time = rows.time();
    const jobs = rows.all("training_jobs").map(({ id }) => String(id));
    const datasets = rows.all("datasets", "status = 'ready'").map(({ id }) => String(id));
    const job = jobs[Math.floor(random.upTo(jobs.length))];
    const dataset = datasets[Math.floor(random.upTo(datasets.length))];
    if (dataset === undefined) return;
    if (job === undefined || random.share() < 0.2) {
      this.#insertJob(rows, dataset, userId);
      return;
    }
    this.#serial += 1;
    switch (Math.floor(random.upTo(7))) {
      case 0:
        rows.update("datasets", dataset, { name: `Name ${this.#serial}` });
        break;
      case 1:
        rows.update("training_jobs", job, { name: `Name ${this.#serial}` });
        break;
      case 2:
        rows.insert("notifications", randomUUID(), newNotice(job, "Trained", time), userId);
        break;
      case 3: {
        const cost = newCost(job, this.#serial / 100, time);
        rows.insert("cost_records", randomUUID(), { ...cost, billing_period: "2026-03" }, userId);
        break;
      }
      case 4: {
        const artifact = randomUUID();
        const times = { created_at: time, updated_at: time };
        this.#writeAdapter(job);
        const adapter = newArtifact(job, dataset, `Adapter ${this.#serial}`);
        rows.insert("model_artifacts", artifact, { ...adapter, ...times }, userId);
        rows.update("training_jobs", job, { artifact_id: artifact });
        break;
      }
      case 5:
        if (jobs.length > 3) rows.deleteJob(job);
        break;
      default:
        this.#train(rows, metrics, job);
    }
  }

  #insertJob(rows: LocalRows, dataset: string, userId: string): void {
    this.#serial += 1;
    const id = randomUUID();
    const job = newJob(dataset, `Job ${this.#serial}`, this.#workstation, rows.time());
    const runPath = join(this.#desk.homePath, "runs", id);
    rows.store.transaction(() => {
      const ended = { status: "stopped", started_at: rows.time(), completed_at: rows.time() };
      rows.insert("training_jobs", id, { ...job, ...ended }, userId);
      rows.store
        .prepare(
          `INSERT INTO runs (job_id, run_path, adapter_path, model_path, attempt_report)
           VALUES (?, ?, 'adapter', '', ?)`,
        )
        .run(id, runPath, JSON.stringify(EMPTY_REPORT));
    });
  }

  /** As large as its row says; once, for a file that changes is not uploaded. */
  #writeAdapter(job: string): void {
    const folder = join(this.#desk.homePath, "runs", job, "adapter");
    if (existsSync(folder)) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "adapter_model.safetensors"), adapterBytes(job));
  }

  #train(rows: LocalRows, metrics: MetricsStore, job: string): void {
    const newest = metrics.extent(job, 0, Number.MAX_SAFE_INTEGER)?.last ?? 0;
    // Now and then some steps are taken again.
    const first = Math.max(1, newest + 1 - Math.floor(this.#random.upTo(40)));
    const now = Date.now();
    const points = Array.from({ length: STEPS_AT_ONCE }, (_, at) => ({
      kind: "step" as const,
      step: first + at,
      epoch: (first + at) / 100,
      loss: this.#random.share(),
      learningRate: 1e-4,
      gradientNorm: this.#random.share(),
      tokens: 100,
      tokensPerSecond: 900,
      stepMs: 12.5,
      memoryMb: 512,
      recordedAtMs: now + at,
    }));
    rows.store.transaction(() => {
      metrics.save(job, points);
      rows.update("training_jobs", job, { current_step: first + STEPS_AT_ONCE - 1 });
    });
  }
}

/** What a job's adapter consists of. */
export function adapterBytes(job: string): Buffer {
  return Buffer.from(job.padEnd(1000, "."));
}
