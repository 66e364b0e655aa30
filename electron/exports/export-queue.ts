import { AppError } from "../../shared/app-error.ts";
import type { Publish } from "../../shared/contract/contract.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import type { Export } from "../../shared/contract/exports.ts";
import type { ExportStore } from "./export-store.ts";
import type { ExportProgress, ExportResult } from "./run-export.ts";
import { removeUnfinished } from "./unfinished-export.ts";

export type Exporter = (
  record: Export,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
) => Promise<ExportResult>;

export interface ExportQueueOptions {
  store: ExportStore;
  exporter: Exporter;
  publish: Publish;
  now: () => Date;
  log: (message: string, details?: Record<string, unknown>) => void;
}

type Running = Extract<Export, { state: "running" }>;

const INTERRUPTED: Failure = {
  kind: "unavailable",
  message:
    "LoRA Desk ended before this export did, and nothing of it was kept. Export the adapter again.",
};

/** Exports one after the other: each may need most of the machine's memory. */
export class ExportQueue {
  readonly #options: ExportQueueOptions;
  /** Its latest progress is here alone; the store knows that it runs. */
  #running: { record: Running; controller: AbortController; end: Promise<void> } | null = null;
  #isClosed = false;
  /** What killed exporters left must be gone before another may write to the same place. */
  #tidied: Promise<void> = Promise.resolve();

  /** Exports that an app left behind when it ended are over: nothing goes on with them. */
  constructor(options: ExportQueueOptions) {
    this.#options = options;
    for (const record of options.store.listUnfinished()) this.#interrupt(record);
  }

  add(record: Export): void {
    this.#options.store.insert(record);
    this.#options.publish("exports.changed", record, record.id);
    this.#startNext();
  }

  isRunning(): boolean {
    return this.#running !== null;
  }

  /** With the progress of the one that runs. */
  present(record: Export): Export {
    const running = this.#running?.record;
    return record.state === "running" && running?.id === record.id ? running : record;
  }

  /** Waits until nothing of it is left. One that has ended stays as it is. */
  async cancel(id: string): Promise<void> {
    const record = this.#options.store.find(id);
    if (record?.state === "queued") {
      this.#settle({ ...commonOf(record), state: "cancelled", endedAt: this.#time() });
    } else if (this.#running?.record.id === id) {
      this.#running.controller.abort();
      await this.#running.end;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#running?.controller.abort();
    await this.#running?.end;
    for (const record of this.#options.store.listUnfinished()) this.#interrupt(record);
    await this.#tidied;
  }

  #startNext(): void {
    if (this.#isClosed || this.#running !== null) return;
    const next = this.#options.store.listUnfinished().find(({ state }) => state === "queued");
    if (next === undefined) return;
    const record: Running = {
      ...commonOf(next),
      state: "running",
      startedAt: this.#time(),
      share: 0,
      message: "Starting",
    };
    const controller = new AbortController();
    this.#settle(record);
    const end = this.#run(record, controller.signal).finally(() => {
      this.#running = null;
      this.#startNext();
    });
    this.#running = { record, controller, end };
  }

  async #run(record: Running, signal: AbortSignal): Promise<void> {
    const common = commonOf(record);
    try {
      await this.#tidied;
      const result = await this.#options.exporter(record, signal, (progress) =>
        this.#progress(progress),
      );
      this.#settle({ ...common, state: "done", endedAt: this.#time(), ...result });
    } catch (error) {
      if (signal.aborted && this.#isClosed) this.#interrupt(record);
      else if (signal.aborted) {
        this.#settle({ ...common, state: "cancelled", endedAt: this.#time() });
      } else {
        const failure = this.#failureOf(record, error);
        this.#settle({ ...common, state: "failed", endedAt: this.#time(), failure });
      }
    }
  }

  #progress({ share, message }: ExportProgress): void {
    const running = this.#running;
    if (running === null) return;
    const isNews =
      message !== running.record.message || Math.abs(share - running.record.share) >= 0.005;
    if (!isNews) return;
    running.record = { ...running.record, share, message };
    this.#options.publish("exports.changed", running.record, running.record.id);
  }

  #interrupt(record: Export): void {
    if (record.state === "running") this.#tidyUp(record);
    const endedAt = this.#time();
    this.#settle({ ...commonOf(record), state: "failed", endedAt, failure: INTERRUPTED });
  }

  #tidyUp(record: Export): void {
    this.#tidied = this.#tidied
      .then(() => removeUnfinished(record))
      .catch((error: unknown) =>
        this.#options.log("What an export left behind could not be removed", {
          export: record.id,
          error: String(error),
        }),
      );
  }

  #settle(record: Export): void {
    this.#options.store.save(record);
    this.#options.publish("exports.changed", record, record.id);
  }

  #failureOf(record: Export, error: unknown): Failure {
    if (error instanceof AppError) return error.toFailure();
    this.#options.log("An export failed unexpectedly", {
      export: record.id,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return {
      kind: "internal",
      message: `The export failed unexpectedly (${error instanceof Error ? error.message : String(error)}). The details are in core.log in the data folder.`,
    };
  }

  #time(): string {
    return this.#options.now().toISOString();
  }
}

/** What was asked for: the same in every state. */
function commonOf(record: Export) {
  const { id, artifactId, artifactName, format, outtype, isMergedFirst, name, targetPath } = record;
  const { createdAt } = record;
  return {
    id,
    artifactId,
    artifactName,
    format,
    outtype,
    isMergedFirst,
    name,
    targetPath,
    createdAt,
  };
}
