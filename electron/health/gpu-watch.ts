import type { GpuFault } from "../../shared/contract/gpus.ts";
import { gpuLabel } from "../gpus/gpu-label.ts";
import type { GpuMonitor } from "../gpus/open-gpu-monitor.ts";
import type { GpuSample } from "../gpus/gpu-samples.ts";
import { GpuStrain } from "./gpu-strain.ts";
import type { GpuObservation } from "./observation.ts";

export type WatchedMonitor = Pick<GpuMonitor, "keepWatching" | "onSample" | "onFault"> & {
  faults(): readonly GpuFault[] | Promise<readonly GpuFault[]>;
};

interface Watched {
  label: string;
  isLost: boolean;
  strain: GpuStrain;
}

/** What the monitor's samples say of each GPU over time; keeps it sampling while runs need it. */
export class GpuWatch {
  readonly #monitor: WatchedMonitor;
  readonly #gpus = new Map<string, Watched>();
  readonly #stops: (() => void)[];
  #letGo: (() => void) | null = null;

  /** @param onFault is told that there is a new one, for a look at once. */
  constructor(monitor: WatchedMonitor, onFault: () => void) {
    this.#monitor = monitor;
    this.#stops = [
      monitor.onSample((sample) => this.#take(sample)),
      monitor.onFault(() => onFault()),
    ];
  }

  /** Whether a run trains on a GPU. */
  setNeeded(isNeeded: boolean): void {
    if (isNeeded) {
      this.#letGo ??= this.#monitor.keepWatching();
      return;
    }
    this.#letGo?.();
    this.#letGo = null;
  }

  faults(): readonly GpuFault[] | Promise<readonly GpuFault[]> {
    return this.#monitor.faults();
  }

  observe(uuids: readonly string[]): GpuObservation[] {
    return uuids.flatMap((uuid) => {
      const watched = this.#gpus.get(uuid);
      if (watched === undefined) return [];
      const { label, isLost, strain } = watched;
      return {
        uuid,
        label,
        isLost,
        temperatureC: strain.temperatureC,
        hotMs: strain.heat.onMs,
        coolMs: strain.heat.offMs,
        throttledMs: strain.throttling.onMs,
        unthrottledMs: strain.throttling.offMs,
        throttledBy: strain.reasons,
      };
    });
  }

  close(): void {
    this.setNeeded(false);
    for (const stop of this.#stops) stop();
  }

  #take({ monotonicMs, gpus }: GpuSample): void {
    for (const { uuid, index, name, isLost, temperatureC, throttling } of gpus) {
      if (uuid === null) continue;
      const strain = this.#gpus.get(uuid)?.strain ?? new GpuStrain();
      strain.see(monotonicMs, { temperatureC, throttling });
      this.#gpus.set(uuid, { label: gpuLabel({ index, name }), isLost, strain });
    }
  }
}
