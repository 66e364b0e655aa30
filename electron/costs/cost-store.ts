import { z } from "zod";
import type { Row, Store } from "../store/open-store.ts";
import { type CostRecord, energyDetailsSchema, gpuTimeDetailsSchema } from "./cost-record.ts";
import type { Energy, LastSamples } from "./power-integral.ts";
import type { MeteredAttempt } from "./reckon-attempt.ts";

const namesSchema = z.array(z.string());
const lastSamplesSchema = z.record(z.string(), z.object({ ts: z.number(), powerW: z.number() }));

/** The ledger in the database: what is being measured, and the records of what has ended. */
export class CostStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  transaction<T>(work: () => T): T {
    return this.#store.transaction(work);
  }

  /** Does nothing when the attempt is known. */
  openAttempt(attempt: Omit<MeteredAttempt, "byQuarter">): void {
    this.#store
      .prepare(
        `INSERT INTO attempt_meters (job_id, attempt, started_at, gpu_names) VALUES (?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
      )
      .run(attempt.jobId, attempt.attempt, attempt.startedAt, JSON.stringify(attempt.gpuNames));
  }

  hasAttempt(jobId: string, attempt: number): boolean {
    return this.#attemptRow(jobId, attempt) !== undefined;
  }

  isEntered(jobId: string, attempt: number): boolean {
    return this.#attemptRow(jobId, attempt)?.["is_entered"] === 1;
  }

  /** Jobs with attempts that have no records yet. */
  openJobs(): string[] {
    return this.#store
      .prepare("SELECT DISTINCT job_id FROM attempt_meters WHERE is_entered = 0")
      .all()
      .map((row) => String(row["job_id"]));
  }

  /** Attempts without records, the first one first. */
  openAttempts(jobId: string): MeteredAttempt[] {
    return this.#store
      .prepare("SELECT * FROM attempt_meters WHERE job_id = ? AND is_entered = 0 ORDER BY attempt")
      .all(jobId)
      .map((row) => this.#attemptOf(row));
  }

  powerOffset(jobId: string): number {
    const row = this.#store
      .prepare("SELECT power_offset FROM power_reading WHERE job_id = ?")
      .get(jobId);
    return Number(row?.["power_offset"] ?? 0);
  }

  setPowerOffset(jobId: string, offset: number): void {
    this.#store
      .prepare(
        `INSERT INTO power_reading (job_id, power_offset) VALUES (?, ?)
         ON CONFLICT (job_id) DO UPDATE SET power_offset = excluded.power_offset`,
      )
      .run(jobId, offset);
  }

  lastSamples(jobId: string, attempt: number): LastSamples {
    const row = this.#attemptRow(jobId, attempt);
    return row === undefined
      ? {}
      : lastSamplesSchema.parse(JSON.parse(String(row["last_samples"])));
  }

  addEnergy(
    jobId: string,
    attempt: number,
    last: LastSamples,
    byQuarter: ReadonlyMap<number, Energy>,
  ): void {
    const add = this.#store.prepare(
      `INSERT INTO attempt_energy (job_id, attempt, quarter, joules, gpu_seconds)
       VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (job_id, attempt, quarter) DO UPDATE SET
         joules = joules + excluded.joules, gpu_seconds = gpu_seconds + excluded.gpu_seconds`,
    );
    for (const [quarter, { joules, gpuSeconds }] of byQuarter) {
      add.run(jobId, attempt, quarter, joules, gpuSeconds);
    }
    this.#store
      .prepare("UPDATE attempt_meters SET last_samples = ? WHERE job_id = ? AND attempt = ?")
      .run(JSON.stringify(last), jobId, attempt);
  }

  /** The records of an attempt, once: an attempt that has some keeps those. */
  enter(jobId: string, attempt: number, records: readonly CostRecord[]): void {
    this.#store.transaction(() => {
      const insert = this.#store.prepare(
        `INSERT INTO cost_records (id, job_id, cost_type, amount, details, billing_period, recorded_at)
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      );
      for (const record of records) {
        const details = JSON.stringify(record.details);
        const { id, amount, billingPeriod, recordedAt } = record;
        insert.run(id, record.jobId, record.type, amount, details, billingPeriod, recordedAt);
      }
      this.#store
        .prepare("UPDATE attempt_meters SET is_entered = 1 WHERE job_id = ? AND attempt = ?")
        .run(jobId, attempt);
      this.#store
        .prepare(
          `UPDATE training_jobs
           SET actual_cost = (SELECT sum(amount) FROM cost_records WHERE job_id = training_jobs.id)
           WHERE id = ?`,
        )
        .run(jobId);
    });
  }

  /** By the time they were entered. @param jobId only those of a job. */
  records(jobId?: string): CostRecord[] {
    const rows =
      jobId === undefined
        ? this.#store.prepare("SELECT * FROM cost_records ORDER BY recorded_at, id").all()
        : this.#store
            .prepare("SELECT * FROM cost_records WHERE job_id = ? ORDER BY recorded_at, id")
            .all(jobId);
    return rows.flatMap(recordOf);
  }

  #attemptRow(jobId: string, attempt: number): Row | undefined {
    return this.#store
      .prepare("SELECT * FROM attempt_meters WHERE job_id = ? AND attempt = ?")
      .get(jobId, attempt);
  }

  #attemptOf(row: Row): MeteredAttempt {
    const jobId = String(row["job_id"]);
    const attempt = Number(row["attempt"]);
    const quarters = this.#store
      .prepare("SELECT * FROM attempt_energy WHERE job_id = ? AND attempt = ? ORDER BY quarter")
      .all(jobId, attempt);
    return {
      jobId,
      attempt,
      startedAt: Number(row["started_at"]),
      gpuNames: namesSchema.parse(JSON.parse(String(row["gpu_names"]))),
      byQuarter: new Map(
        quarters.map((quarter) => [
          Number(quarter["quarter"]),
          { joules: Number(quarter["joules"]), gpuSeconds: Number(quarter["gpu_seconds"]) },
        ]),
      ),
    };
  }
}

/** Records of other kinds or forms, as another release may enter them, are not this ledger's. */
function recordOf(row: Row): CostRecord[] {
  const common = {
    id: String(row["id"]),
    jobId: row["job_id"] === null ? null : String(row["job_id"]),
    amount: Number(row["amount"]),
    billingPeriod: String(row["billing_period"]),
    recordedAt: String(row["recorded_at"]),
  };
  const json: unknown = JSON.parse(String(row["details"]));
  if (row["cost_type"] === "energy") {
    const { data } = energyDetailsSchema.safeParse(json);
    return data === undefined ? [] : [{ ...common, type: "energy", details: data }];
  }
  if (row["cost_type"] === "gpu_time") {
    const { data } = gpuTimeDetailsSchema.safeParse(json);
    return data === undefined ? [] : [{ ...common, type: "gpu_time", details: data }];
  }
  return [];
}
