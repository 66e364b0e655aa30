import type { SyncTable } from "../../shared/contract/sync.ts";
import { newArtifact, newDataset, newJob, newPoint } from "./sample-rows.ts";
import type { SeededRandom } from "../../scripts/torture/seeded-random.ts";

export type RandomOperation = Record<string, unknown> & { op_id: string };

const TABLES = [
  "datasets",
  "training_jobs",
  "model_artifacts",
  "cost_records",
  "notifications",
] as const;

/** Operations as workstations send them and as they should not, on few rows, so that they meet. */
export class RandomOperations {
  readonly #random: SeededRandom;
  readonly #ids: Record<SyncTable, string[]>;
  readonly #sent: RandomOperation[] = [];

  constructor(random: SeededRandom) {
    this.#random = random;
    const ids = () => Array.from({ length: 4 }, () => this.uuid());
    this.#ids = {
      datasets: ids(),
      training_jobs: ids(),
      model_artifacts: ids(),
      cost_records: ids(),
      notifications: ids(),
    };
  }

  uuid(): string {
    const hex = () => Math.floor(this.#random.upTo(65_536)).toString(16).padStart(4, "0");
    return `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-8${hex().slice(1)}-${hex()}${hex()}${hex()}`;
  }

  /** @param versions - Entries of the feed that a base version may name. */
  next(versions: readonly number[]): RandomOperation {
    const random = this.#random;
    const again = this.#sent.at(Math.floor(random.upTo(this.#sent.length)));
    if (again !== undefined && random.share() < 0.1) return again;
    const table = random.pick(TABLES);
    const id = this.#pickId(table);
    const action = random.pick(["insert", "insert", "update", "update", "update", "delete"]);
    const values = action === "insert" ? this.#row(table) : this.#change(table);
    const operation: RandomOperation = {
      op_id: this.uuid(),
      table: random.share() < 0.02 ? "secrets" : table,
      row_id: id,
      action: random.share() < 0.02 ? "upsert" : action,
      values: action === "delete" ? {} : { ...values, ...this.#mistake(table) },
      workstation: random.pick(["lab-1", "lab-1", "lab-2"]),
    };
    if (versions.length > 0 && random.share() < 0.5) {
      operation["base_version"] = versions[Math.floor(random.upTo(versions.length))];
    }
    this.#sent.push(operation);
    return operation;
  }

  points(): Record<string, unknown>[] {
    const random = this.#random;
    return Array.from({ length: Math.ceil(random.upTo(6)) }, () => {
      const point = newPoint(this.#pickId("training_jobs"), Math.floor(random.upTo(8)));
      return {
        ...point,
        id: this.uuid(),
        training_loss: random.share(),
        validation_loss: random.share() < 0.3 ? random.share() : null,
        gradient_norm: null,
        system_metrics: random.share() < 0.3 ? null : usualFigures(random.share()),
        recorded_at: `2026-03-01T10:00:0${Math.floor(random.upTo(9))}.120Z`,
        ...(random.share() < 0.03 ? { step: random.pick<unknown>([-1, "many"]) } : {}),
      };
    });
  }

  #pickId(table: SyncTable): string {
    const ids = this.#ids[table];
    return ids[Math.floor(this.#random.upTo(ids.length))] ?? "";
  }

  #row(table: SyncTable): Record<string, unknown> {
    const time = "2026-03-01T10:00:00.500Z";
    switch (table) {
      case "datasets":
        return without(newDataset());
      case "training_jobs":
        return without(newJob(this.#pickId("datasets")));
      case "model_artifacts":
        return without(newArtifact(this.#pickId("training_jobs"), this.#pickId("datasets")));
      case "cost_records": {
        const amount = Math.round(this.#random.upTo(1e9)) / 1e8;
        const jobId = this.#random.share() < 0.7 ? this.#pickId("training_jobs") : null;
        const month = { billing_period: "2026-03", recorded_at: time };
        return { job_id: jobId, cost_type: "energy", amount, ...month };
      }
      case "notifications":
        return { type: "system", title: "Hello", message: "There", created_at: time };
    }
  }

  #change(table: SyncTable): Record<string, unknown> {
    const random = this.#random;
    switch (table) {
      case "datasets":
        return random.pick<Record<string, unknown>>([
          { name: `Name ${Math.floor(random.upTo(3))}` },
          { name: "A", description: `Note ${Math.floor(random.upTo(3))}` },
          { deleted_at: null },
          { sample_data: [{ b: 1, a: [2] }], total_tokens: 12 },
          {},
        ]);
      case "training_jobs":
        return random.pick<Record<string, unknown>>([
          { name: `Name ${Math.floor(random.upTo(3))}` },
          { status: "running", progress: random.share() },
          { artifact_id: this.#pickId("model_artifacts") },
          { desired_state: "stopped" },
          { actual_cost: 0.123_456_789 },
        ]);
      case "model_artifacts":
        return random.pick<Record<string, unknown>>([
          { name: "B" },
          { status: "stored", storage_path: "x/y" },
          { deleted_at: "2026-03-02T00:00:00Z" },
        ]);
      case "cost_records":
        return { amount: 3 };
      case "notifications":
        return random.pick<Record<string, unknown>>([
          { read: true },
          { read: true },
          { read: false },
          { title: "Other" },
        ]);
    }
  }

  #mistake(table: SyncTable): Record<string, unknown> {
    const random = this.#random;
    if (random.share() > 0.12) return {};
    return random.pick<Record<string, unknown>>([
      { status: "lost" },
      { name: null },
      { colour: "red" },
      { user_id: this.uuid() },
      { deleted_at: "yesterday" },
      { progress: 1.5 },
      { file_size_bytes: "many" },
      { billing_period: "2026-13" },
      { id: this.uuid(), updated_at: "2020-01-01T00:00:00Z" },
      { [table === "notifications" ? "metadata" : "details"]: [] },
    ]);
  }
}

function without({ id: _id, ...values }: Record<string, unknown>): Record<string, unknown> {
  return values;
}

function usualFigures(share: number): Record<string, number | null> {
  return { tokens: 4096, tokens_per_second: share, step_ms: null, memory_mb: 512 };
}
