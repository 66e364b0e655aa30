import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Row } from "../../electron/store/open-store.ts";
import type { SeededRandom } from "../torture/seeded-random.ts";
import type { Journal } from "./journal.ts";
import { newArtifact, newCost, newDataset, newJob, newNotice } from "./new-rows.ts";
import { PersonRequests } from "./person-requests.ts";
import type { Project } from "./project.ts";
import { TeamWork } from "./team-work.ts";
import { trainSteps } from "./train-steps.ts";
import type { Workstation } from "./workstation.ts";

type Action = (desk: Workstation) => void;

/** Text that PostgreSQL's jsonb does not take, which refuses a whole batch. */
const NUL = String.raw`"\u0000"`;

/** What people and runs do on a workstation. */
export class Workload {
  readonly #random: SeededRandom;
  readonly #journal: Journal;
  readonly #poisonShare: number;
  #names = 0;
  readonly #person: PersonRequests;
  readonly #actions: readonly [Action, ...Action[]];

  constructor(parts: {
    random: SeededRandom;
    journal: Journal;
    project: Project;
    poisonShare: number;
  }) {
    this.#random = parts.random;
    this.#journal = parts.journal;
    this.#poisonShare = parts.poisonShare;
    const newName = () => this.#name();
    this.#person = new PersonRequests({ ...parts, newName });
    const team = new TeamWork(parts);
    const often = (times: number, action: Action): Action[] =>
      Array.from({ length: times }, () => action);
    this.#actions = [
      this.#importDataset,
      ...often(3, this.#finishImport),
      ...often(3, this.#rename),
      ...often(2, this.#createJob),
      ...often(6, this.#train),
      ...often(2, this.#saveAdapter),
      ...often(2, this.#spend),
      ...often(2, this.#notify),
      ...often(2, this.#read),
      ...often(2, this.#storeFile),
      this.#deleteSomething,
      ...often(2, team.download),
      ...often(3, team.askElsewhere),
      this.#person.keepLocal,
      this.#person.retry,
      this.#person.edit,
      this.#person.discard,
    ];
  }

  /** One action, or none where there is nothing to do it with. */
  act(desk: Workstation): void {
    this.#random.pick(this.#actions)(desk);
  }

  /** Somebody goes through what was refused, and decides about some of it. */
  tidyUp(desk: Workstation): void {
    const { retry, edit, discard } = this.#person;
    for (let turn = 0; turn < 4; turn++) this.#random.pick([retry, edit, edit, discard])(desk);
  }

  readonly #importDataset: Action = (desk) => {
    const id = desk.createId();
    const isReady = this.#random.share() < 0.5;
    const sample = this.#isPoison(id) ? `[{"text": ${NUL}}]` : '[{"b": 1, "a": "é"}]';
    const dataset = newDataset(this.#name(), desk.rows.time(), isReady ? "ready" : "importing");
    desk.rows.insert("datasets", id, { ...dataset, sample_data: sample }, desk.userId);
  };

  readonly #finishImport: Action = (desk) => {
    const dataset = this.#one(desk, "datasets", "status = 'importing'");
    if (dataset === null) return this.#importDataset(desk);
    const status = this.#random.share() < 0.8 ? "ready" : "rejected";
    const tokens = Math.floor(this.#random.upTo(1e6));
    desk.rows.update("datasets", dataset.id, { status, total_tokens: tokens });
  };

  readonly #rename: Action = (desk) => {
    const table = this.#random.pick(["datasets", "training_jobs", "model_artifacts"] as const);
    const row = this.#one(desk, table, table === "training_jobs" ? "1" : "deleted_at IS NULL");
    if (row === null) return;
    if (table === "datasets" && this.#isPoison(row.id)) {
      return desk.rows.update(table, row.id, { sample_data: `[{"text": ${NUL}}]` });
    }
    const column = table !== "training_jobs" && this.#random.share() < 0.4 ? "description" : "name";
    desk.rows.update(table, row.id, { [column]: this.#name() });
  };

  readonly #createJob: Action = (desk) => {
    const dataset = this.#one(desk, "datasets", "status = 'ready' AND deleted_at IS NULL");
    if (dataset === null) return this.#finishImport(desk);
    const id = desk.createId();
    const job = newJob(dataset.id, this.#name(), desk.host, desk.rows.time());
    const progress = this.#isPoison(id) ? 1.5 : 0;
    desk.rows.insert("training_jobs", id, { ...job, progress }, desk.userId);
  };

  readonly #train: Action = (desk) => {
    const job = this.#ownJob(desk);
    if (job === null) return this.#createJob(desk);
    trainSteps(desk, job.id, this.#random);
  };

  readonly #saveAdapter: Action = (desk) => {
    const job = this.#ownJob(desk);
    if (job === null) return this.#createJob(desk);
    const id = desk.createId();
    desk.store.transaction(() => {
      const adapter = newArtifact(job.id, String(job.row["dataset_id"]), this.#name());
      const times = { created_at: desk.rows.time(), updated_at: desk.rows.time() };
      desk.rows.insert("model_artifacts", id, { ...adapter, ...times }, desk.userId);
      if (this.#random.share() < 0.7) {
        const ended = { status: "completed", completed_at: desk.rows.time() };
        desk.rows.update("training_jobs", job.id, { artifact_id: id, ...ended });
      }
    });
  };

  readonly #spend: Action = (desk) => {
    const id = desk.createId();
    const job = this.#random.share() < 0.8 ? this.#ownJob(desk) : null;
    const amount = Math.round(this.#random.upTo(1e9)) / 1e8;
    const cost = newCost(job?.id ?? null, amount, desk.rows.time());
    const billing_period = this.#isPoison(id) ? "2026-13" : "2026-03";
    desk.rows.insert("cost_records", id, { ...cost, billing_period }, desk.userId);
  };

  readonly #notify: Action = (desk) => {
    const id = desk.createId();
    const job = this.#random.share() < 0.5 ? this.#ownJob(desk) : null;
    const metadata = this.#isPoison(id) ? `{"said": ${NUL}}` : '{"b": 1, "a": null}';
    const notice = newNotice(job?.id ?? null, this.#name(), desk.rows.time());
    desk.rows.insert("notifications", id, { ...notice, metadata }, desk.userId);
  };

  readonly #read: Action = (desk) => {
    const notice = this.#one(desk, "notifications", "read = 0");
    if (notice !== null) desk.rows.update("notifications", notice.id, { read: 1 });
  };

  /** As transfers do when an upload is complete. */
  readonly #storeFile: Action = (desk) => {
    const table = this.#random.pick(["datasets", "model_artifacts"] as const);
    const isLeft = "storage_path IS NULL AND deleted_at IS NULL AND status <> 'importing'";
    const row = this.#one(desk, table, isLeft);
    if (row === null) return;
    const stored = table === "model_artifacts" ? { status: "stored" } : {};
    desk.rows.update(table, row.id, { storage_path: `files/${row.id}`, ...stored });
  };

  readonly #deleteSomething: Action = (desk) => {
    const table = this.#random.pick(["datasets", "training_jobs", "model_artifacts"] as const);
    if (table === "training_jobs") {
      const job = this.#one(desk, table, "1");
      if (job !== null) desk.rows.deleteJob(job.id);
      return;
    }
    const row = this.#one(desk, table, "deleted_at IS NULL AND status <> 'importing'");
    if (row !== null) desk.rows.update(table, row.id, { deleted_at: desk.rows.time() });
  };

  #ownJob(desk: Workstation): { id: string; row: Row } | null {
    return this.#one(desk, "training_jobs", `workstation = '${desk.host}'`);
  }

  #one(desk: Workstation, table: SyncTable, where: string): { id: string; row: Row } | null {
    const found = desk.rows.all(table, where);
    const row = found[Math.floor(this.#random.upTo(found.length))];
    return row === undefined ? null : { id: String(row["id"]), row };
  }

  #name(): string {
    this.#names += 1;
    return `Name ${this.#names}`;
  }

  #isPoison(id: string): boolean {
    if (this.#random.share() >= this.#poisonShare) return false;
    this.#journal.poisoned.add(id);
    return true;
  }
}
