import type { GpuFigures } from "./gpu-fields.ts";
import { pciAddress } from "./pci-address.ts";
import type { GpuQuery } from "./query-gpus.ts";

/** Remembers the GPUs that have answered, so that one which the driver loses does not just vanish. */
export class KnownGpus {
  #seen = new Map<string, GpuFigures>();

  /**
   * The GPUs of an answer, in the order of their index. One that answered before and is missing is
   * there still, as lost, if the driver counts it or names it among its remarks; else it is gone
   * (taken out, or its driver unbound).
   */
  complete({ gpus, count, remarks }: GpuQuery): GpuFigures[] {
    const present = new Set(gpus.map(keyOf));
    const missing = [...this.#seen].filter(([key]) => !present.has(key)).map(([, gpu]) => gpu);
    const named = new Set(remarks.flatMap(addressesIn));
    const isCounted = count !== null && gpus.length < count;
    const lost = missing.filter(
      ({ pciAddress: address }) => isCounted || (address !== null && named.has(address)),
    );
    const all = [...gpus, ...lost.map(asLost)].sort((one, other) => one.index - other.index);
    this.#seen = new Map(all.map((gpu) => [keyOf(gpu), gpu]));
    return all;
  }

  /** @param pci an address as `pciAddress` writes it. */
  uuidAt(pci: string): string | null {
    return [...this.#seen.values()].find(({ pciAddress }) => pciAddress === pci)?.uuid ?? null;
  }
}

function keyOf({ uuid, index }: GpuFigures): string {
  return uuid ?? `index ${index}`;
}

/** "Unable to determine the device handle for GPU 0000:3B:00.0: GPU is lost." and its like. */
function addressesIn(remark: string): string[] {
  const found = remark.match(/[\da-f]{4,8}:[\da-f]{2}:[\da-f]{2}\.\d/gi) ?? [];
  return found.map((text) => pciAddress(text)).filter((address) => address !== null);
}

function asLost(gpu: GpuFigures): GpuFigures {
  return {
    ...gpu,
    isLost: true,
    memoryUsedMb: null,
    utilizationPercent: null,
    temperatureC: null,
    powerW: null,
    smClockMhz: null,
    memoryClockMhz: null,
    throttling: null,
  };
}
