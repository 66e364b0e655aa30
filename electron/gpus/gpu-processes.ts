import type { GpuProcess } from "../../shared/contract/gpus.ts";
import type { NvidiaSmi } from "./nvidia-smi.ts";

const ARGUMENTS = [
  "--query-compute-apps=gpu_uuid,pid,process_name,used_memory",
  "--format=csv,noheader,nounits",
] as const;

export type ComputeProcess = Omit<GpuProcess, "jobId">;
/** By the UUID of the GPU; one without an entry has no program on it. */
export type ProcessesByGpu = ReadonlyMap<string, readonly ComputeProcess[]>;

/**
 * Lists who computes on the GPUs. It cannot be resident as the figures are: a looping query prints
 * nothing at all while no program computes, which looks just like one that hangs.
 */
export class GpuProcessList {
  readonly #nvidiaSmi: NvidiaSmi;
  readonly #now: () => number;
  #asking: Promise<ProcessesByGpu | null> | null = null;
  #latest: ProcessesByGpu | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;

  /** @param now a monotonic clock in milliseconds. */
  constructor(nvidiaSmi: NvidiaSmi, now: () => number) {
    this.#nvidiaSmi = nvidiaSmi;
    this.#now = now;
  }

  /** Null while they are not known: never asked, or the driver did not answer. */
  get latest(): ProcessesByGpu | null {
    return this.#latest;
  }

  get ageMs(): number {
    return this.#now() - this.#askedAt;
  }

  /** Asks anew, or joins in the question that is on its way. */
  refresh(): Promise<ProcessesByGpu | null> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #ask(): Promise<ProcessesByGpu | null> {
    this.#askedAt = this.#now();
    const answer = await this.#nvidiaSmi(ARGUMENTS).catch(() => null);
    this.#latest = answer?.kind === "answered" ? parseComputeProcesses(answer.text) : null;
    return this.#latest;
  }
}

/** A program's name may hold commas. Lines that name no program are skipped. */
export function parseComputeProcesses(text: string): ProcessesByGpu {
  const byGpu = new Map<string, ComputeProcess[]>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*((?:GPU|MIG)-[\w/-]+)\s*,\s*(\d{1,9})\s*,(.*),([^,]*)$/.exec(line);
    const [, uuid = "", pidText = "", name = "", memory = ""] = match ?? [];
    const pid = Number(pidText);
    if (match === null || pid === 0) continue;
    const memoryMb = /^\s*\d{1,12}(\.\d+)?\s*$/.test(memory) ? Number(memory) : null;
    const processes = byGpu.get(uuid) ?? [];
    // With MIG one program may be listed once for each instance that it uses.
    const known = processes.find((process) => process.pid === pid);
    if (known === undefined) processes.push({ pid, name: name.trim(), memoryMb });
    else if (memoryMb !== null) known.memoryMb = (known.memoryMb ?? 0) + memoryMb;
    byGpu.set(uuid, processes);
  }
  return byGpu;
}
