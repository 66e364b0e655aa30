import type { Heartbeat } from "../../shared/contract/run-folder.ts";
import type { BootId } from "./process-identity.ts";
import { processesOfRun } from "./run-processes.ts";

/** Between two looks through all processes of the machine. */
const SCAN_MS = 10_000;

/** The processes of a run as they were last seen: what is on a GPU is listed by pid alone. */
export class RunPids {
  readonly #bootId: BootId;
  #pids: ReadonlySet<number> = new Set();
  #scannedAtMs = Number.NEGATIVE_INFINITY;

  constructor(bootId: BootId) {
    this.#bootId = bootId;
  }

  has(pid: number): boolean {
    return this.#pids.has(pid);
  }

  async update(heartbeat: Heartbeat): Promise<void> {
    const named = [heartbeat.runner.pid, ...(heartbeat.trainer ? [heartbeat.trainer.pid] : [])];
    const isKnown = named.every((pid) => this.#pids.has(pid));
    if (isKnown && performance.now() - this.#scannedAtMs < SCAN_MS) return;
    this.#scannedAtMs = performance.now();
    const found = await processesOfRun(heartbeat, this.#bootId);
    this.#pids = new Set([...named, ...found.map(({ pid }) => pid)]);
  }
}
