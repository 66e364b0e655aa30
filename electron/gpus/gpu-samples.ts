import { performance } from "node:perf_hooks";
import type { Gpu } from "../../shared/contract/gpus.ts";
import type { GpuProcessList } from "./gpu-processes.ts";
import type { GpuFigures } from "./gpu-fields.ts";
import { KnownGpus } from "./known-gpus.ts";
import type { GpuQueryAnswer } from "./query-gpus.ts";

export type WatchedGpu = Required<Gpu>;

export interface GpuSample {
  /** ISO 8601. */
  at: string;
  /** Of a clock that is never set: use it for the time between samples. */
  monotonicMs: number;
  /** By index. A lost one has no figures. */
  gpus: readonly WatchedGpu[];
}

export interface GpuSamplesOptions {
  processes: GpuProcessList;
  /** The run of ours that a process belongs to. */
  jobOfPid: (pid: number) => string | null;
  now: () => Date;
  log: (message: string, details?: Record<string, unknown>) => void;
}

interface Taken {
  answer: GpuQueryAnswer;
  at: Date;
  monotonicMs: number;
  gpus: GpuFigures[];
}

/** Keeps the latest answer of nvidia-smi and hands each that holds figures to who listens. */
export class GpuSamples {
  readonly #options: GpuSamplesOptions;
  readonly #listeners = new Set<(sample: GpuSample, gpus: readonly GpuFigures[]) => void>();
  readonly known = new KnownGpus();
  #latest: Taken | null = null;

  constructor(options: GpuSamplesOptions) {
    this.#options = options;
  }

  get latest(): Taken | null {
    return this.#latest;
  }

  get ageMs(): number {
    return this.#latest === null
      ? Number.POSITIVE_INFINITY
      : performance.now() - this.#latest.monotonicMs;
  }

  /** @returns whether it is a new one: two who share a question both bring its answer. */
  take(answer: GpuQueryAnswer): boolean {
    if (answer === this.#latest?.answer) return false;
    const at = this.#options.now();
    const monotonicMs = performance.now();
    const gpus = answer.kind === "answered" ? this.known.complete(answer) : [];
    this.#latest = { answer, at, monotonicMs, gpus };
    if (answer.kind !== "answered") return true;
    const sample = { at: at.toISOString(), monotonicMs, gpus: this.gpus() };
    for (const listener of this.#listeners) {
      // Whoever fails at a sample must not end the sampling for all.
      try {
        listener(sample, gpus);
      } catch (error) {
        this.#options.log("A sample was not taken in", { error: String(error) });
      }
    }
    return true;
  }

  listen(listener: (sample: GpuSample, gpus: readonly GpuFigures[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The GPUs of the latest answer, each with the programs that were last seen on it. */
  gpus(): WatchedGpu[] {
    const { processes, jobOfPid } = this.#options;
    const byGpu = processes.latest;
    return (this.#latest?.gpus ?? []).map((gpu) => ({
      ...gpu,
      processes:
        byGpu === null || gpu.uuid === null
          ? null
          : (byGpu.get(gpu.uuid) ?? []).map((one) => ({ ...one, jobId: jobOfPid(one.pid) })),
    }));
  }
}
