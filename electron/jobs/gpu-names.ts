import type { GpuReport } from "../../shared/contract/gpus.ts";
import { gpuLabel } from "../gpus/gpu-label.ts";
import { CPU_LEASE } from "./gpu-queue.ts";

export interface GpuNamesOptions {
  /** Without it no name is ever known. */
  report: (() => Promise<GpuReport>) | undefined;
  /** A name has become known that was asked for before. */
  onLearnt: () => void;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/** What to call devices in what people read: a UUID says nothing to them. */
export class GpuNames {
  readonly #options: GpuNamesOptions;
  readonly #labels = new Map<string, string>();
  #asking: Promise<void> | null = null;

  constructor(options: GpuNamesOptions) {
    this.#options = options;
  }

  /** The UUID where the name is not known yet; it is asked for then. */
  labelOf(lease: string): string {
    if (lease === CPU_LEASE) return lease;
    const label = this.#labels.get(lease);
    if (label === undefined) void this.learn([lease]).then(() => this.#tell(lease));
    return label ?? lease;
  }

  /** Resolves when these are known, as far as the driver tells. */
  async learn(uuids: readonly string[]): Promise<void> {
    if (uuids.every((uuid) => this.#labels.has(uuid))) return;
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    await this.#asking;
  }

  #tell(uuid: string): void {
    if (this.#labels.has(uuid)) this.#options.onLearnt();
  }

  async #ask(): Promise<void> {
    const { report, log } = this.#options;
    if (report === undefined) return;
    try {
      const { gpus } = await report();
      for (const gpu of gpus) if (gpu.uuid !== null) this.#labels.set(gpu.uuid, gpuLabel(gpu));
    } catch (error) {
      log("Nobody knows the names of the GPUs", { error: String(error) });
    }
  }
}
