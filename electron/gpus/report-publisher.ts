import type { GpuReport } from "../../shared/contract/gpus.ts";

export interface ReportPublisherOptions {
  compose: () => Promise<GpuReport>;
  publish: (report: GpuReport) => void;
  intervalMs: number;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/** Publishes with each sample while anyone listens; the CPU's load also where no sample comes. */
export class ReportPublisher {
  readonly #options: ReportPublisherOptions;
  #isHeard = false;
  #isBusy = false;
  #isWanted = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ReportPublisherOptions) {
    this.#options = options;
  }

  setHeard(isHeard: boolean): void {
    this.#isHeard = isHeard;
    this.#arm();
  }

  /** There is news: publishes it, and what comes while that is under way once more. */
  publishSoon(): void {
    if (!this.#isHeard) return;
    this.#isWanted = true;
    if (!this.#isBusy) void this.#publish();
  }

  async #publish(): Promise<void> {
    const { compose, publish, log } = this.#options;
    this.#isBusy = true;
    while (this.#isHeard && this.#isWanted) {
      this.#isWanted = false;
      try {
        const report = await compose();
        if (this.#isHeard) publish(report);
      } catch (error) {
        log("GPUs could not be reported", { error: String(error) });
      }
    }
    this.#isBusy = false;
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (!this.#isHeard) return;
    this.#timer = setTimeout(() => this.publishSoon(), this.#options.intervalMs * 1.5);
    this.#timer.unref();
  }
}
