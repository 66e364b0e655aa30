import type { ProcessIdentity, RunExit } from "../../shared/contract/run-folder.ts";
import { finishRun, type FinishOptions } from "./finish-run.ts";
import type { JobRecord } from "./job-record.ts";
import type { LeaseRelease } from "./lease-release.ts";
import type { BootId } from "./process-identity.ts";
import { RunFolder } from "./run-folder.ts";
import type { Presence } from "./run-presence.ts";
import { processesOfRun } from "./run-processes.ts";
import type { RunnerProcess } from "./runner-process.ts";

export interface RunEndingsOptions extends FinishOptions {
  release: LeaseRelease;
  bootId: BootId;
  /** Deletes a stopped job that nobody wants to keep. */
  discard: (jobId: string) => Promise<unknown>;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/** From the last sign of an attempt to the end of its job, and what becomes of its devices. */
export class RunEndings {
  readonly #options: RunEndingsOptions;
  #isClosed = false;

  constructor(options: RunEndingsOptions) {
    this.#options = options;
  }

  async end(
    jobId: string,
    { exit, presence }: { exit: RunExit | null; presence: Presence },
    runner: RunnerProcess | null,
  ): Promise<void> {
    const { ledger, bootId, release } = this.#options;
    const record = ledger.get(jobId);
    const heartbeat = await new RunFolder(record.runPath).readHeartbeat(record.attempt);
    let left: readonly ProcessIdentity[] = [];
    if (presence === "unkillable" && heartbeat !== null) {
      left = await processesOfRun(heartbeat, bootId);
      release.keep(record, heartbeat.boot_id, left);
    }
    // From here on until its last process has left, its devices are kept.
    const released = left.length > 0 ? null : release.begin(record, heartbeat);
    const unkillable = left.map(({ pid }) => pid);
    await finishRun(this.#options, jobId, { exit, presence, runner, unkillable });
    void released?.then(() => this.discardIfUnwanted(record));
  }

  /** @param record as it was when it was asked to stop. */
  async discardIfUnwanted({ id, state }: JobRecord): Promise<void> {
    if (state.status !== "stopping" || state.stop.mode !== "discard" || this.#isClosed) return;
    // One that was complete before it could be discarded is kept: nobody has seen it yet.
    if (this.#options.ledger.find(id)?.state.status === "stopped") await this.#discard(id);
  }

  /** Those that an app which has ended did not come to. */
  async discardLeftOvers(): Promise<void> {
    const records = this.#options.ledger.listUnwanted();
    await Promise.resolve(); // until all is there that a deletion needs
    for (const { id } of records) if (!this.#isClosed) await this.#discard(id);
  }

  async #discard(id: string): Promise<void> {
    try {
      await this.#options.discard(id);
    } catch (error) {
      this.#options.log("A discarded job could not be deleted", { job: id, error: String(error) });
    }
  }

  close(): void {
    this.#isClosed = true;
  }
}
