import type { Heartbeat, ProcessIdentity } from "../../shared/contract/run-folder.ts";
import type { GpuNames } from "./gpu-names.ts";
import { type LeaseHolder, leasesOf } from "./gpu-queue.ts";
import type { JobRecord } from "./job-record.ts";
import type { JobTimings } from "./job-timings.ts";
import { type BootId, livenessOf } from "./process-identity.ts";
import { type Kill, signalProcess } from "./process-signal.ts";
import type { QueueStore, StuckLease } from "./queue-store.ts";
import { launchOf } from "./run-folder.ts";
import { processesOfRun } from "./run-processes.ts";
import { untilTrue } from "./until-true.ts";

export interface LeaseReleaseOptions {
  queue: QueueStore;
  timings: JobTimings;
  bootId: BootId;
  kill: Kill;
  /** Who computes on a GPU; null when that is not known. */
  pidsOn: (uuid: string) => Promise<ReadonlySet<number> | null>;
  gpuNames: GpuNames;
  /** A device has become free. */
  onRelease: () => void;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/**
 * Keeps the devices of a run that has ended until its last process has left them: an exit code is
 * written before the memory of a GPU is free. Who does not leave in time is killed; who cannot be
 * killed is remembered, and the device is not leased again before it is gone.
 */
export class LeaseRelease {
  readonly #options: LeaseReleaseOptions;
  readonly #leaving = new Set<{ holder: LeaseHolder; pids: Set<number> }>();
  readonly #closing = new AbortController();
  readonly #unsettled = new Set<Promise<void>>();

  constructor(options: LeaseReleaseOptions) {
    this.#options = options;
  }

  holders(): LeaseHolder[] {
    return [...this.#leaving].map(({ holder }) => holder);
  }

  /** The ended run that a process belongs to. */
  jobOfPid(pid: number): string | null {
    for (const { holder, pids } of this.#leaving) if (pids.has(pid)) return holder.id;
    return null;
  }

  /**
   * To be called before the job's end is told to anyone: from here on its devices are kept.
   *
   * @returns what settles when they are free, or not to be had.
   */
  begin(record: JobRecord, heartbeat: Heartbeat | null): Promise<void> {
    if (heartbeat === null) return Promise.resolve();
    const { id, name, device, accounting } = record;
    const { mayShareGpu } = accounting;
    const holder = { id, name, device, mayShareGpu, isLeaving: true };
    const named = [heartbeat.runner.pid, ...(heartbeat.trainer ? [heartbeat.trainer.pid] : [])];
    const pids = new Set(named);
    const entry = { holder, pids };
    this.#leaving.add(entry);
    const settled = this.#waitUntilGone(holder, heartbeat, pids)
      .catch((error: unknown) => {
        this.#options.log("Nobody knows whether a run has left its devices", {
          job: id,
          error: String(error),
        });
      })
      .finally(() => {
        this.#leaving.delete(entry);
        this.#unsettled.delete(settled);
        if (!this.#closing.signal.aborted) this.#options.onRelease();
      });
    this.#unsettled.add(settled);
    return settled;
  }

  /** For processes that were killed in vain. */
  keep(record: JobRecord, bootId: string, processes: readonly ProcessIdentity[]): void {
    for (const lease of leasesOf(record.device)) {
      for (const process of processes) {
        this.#options.queue.addStuckLease({ lease, process, bootId, jobName: record.name });
      }
    }
  }

  /** Devices that nobody may have, with the reason; those that have become free are forgotten. */
  async stuck(): Promise<{ lease: string; reason: string }[]> {
    const found: { lease: string; reason: string }[] = [];
    for (const stuck of this.#options.queue.stuckLeases()) {
      if (await this.#hasLeft(stuck)) this.#options.queue.removeStuckLease(stuck);
      else found.push({ lease: stuck.lease, reason: this.#stuckWords(stuck) });
    }
    return found;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#unsettled);
  }

  async #waitUntilGone(
    holder: LeaseHolder,
    heartbeat: Heartbeat,
    pids: Set<number>,
  ): Promise<void> {
    const { timings, queue, bootId } = this.#options;
    let alive: ProcessIdentity[] = [];
    const isFree = async () => {
      alive = await processesOfRun(heartbeat, bootId);
      for (const { pid } of alive) pids.add(pid);
      return alive.length === 0 && !(await this.#isOnGpu(holder, pids));
    };
    if (await this.#wait(isFree, timings.leaveMs)) return;
    // The app closes: the run is not to be hurried by that.
    if (this.#closing.signal.aborted) return;
    const launch = { ...launchOf(heartbeat), presentBootId: bootId, kill: this.#options.kill };
    const sigkill = { name: "SIGKILL", toGroup: false } as const;
    for (const one of alive) await signalProcess(one, launch, sigkill, true);
    if (await this.#wait(isFree, timings.giveUpAfterMs)) return;
    if (this.#closing.signal.aborted) return;
    const listed = [...pids].map((pid) => ({ pid, start_time: "unknown" }));
    for (const process of alive.length > 0 ? alive : listed) {
      for (const lease of leasesOf(holder.device)) {
        const { boot_id } = heartbeat;
        queue.addStuckLease({ lease, process, bootId: boot_id, jobName: holder.name });
      }
    }
  }

  /** @returns whether it came true in time. */
  async #wait(isFree: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
    let isIt = false;
    const look = async () => (isIt = await isFree());
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs)]);
    await untilTrue(look, this.#options.timings.pollMs, signal);
    return isIt;
  }

  async #isOnGpu({ device }: LeaseHolder, pids: ReadonlySet<number>): Promise<boolean> {
    if (device.kind === "cpu") return false;
    for (const uuid of device.uuids) {
      const listed = await this.#options.pidsOn(uuid);
      if (listed !== null && [...pids].some((pid) => listed.has(pid))) return true;
    }
    return false;
  }

  async #hasLeft({ lease, process, bootId }: StuckLease): Promise<boolean> {
    const liveness = await livenessOf(process, { bootId }, this.#options.bootId);
    if (liveness === "alive") return false;
    const listed = await this.#options.pidsOn(lease);
    return listed === null ? liveness === "gone" : !listed.has(process.pid);
  }

  #stuckWords({ lease, process, jobName }: StuckLease): string {
    const device = this.#options.gpuNames.labelOf(lease);
    return `Process ${process.pid} of “${jobName}” could not be ended and keeps ${device}. If it does not leave, restart the computer.`;
  }
}
