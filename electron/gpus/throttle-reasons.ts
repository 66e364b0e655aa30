import type { ThrottleReason } from "../../shared/contract/gpus.ts";

/**
 * NVML's clock event reasons (`nvmlClocksEventReason…` in nvml.h). Left out are those that hold
 * nothing back: idle (0x1), clocks set by the user (0x2) and by the display (0x100).
 */
const BITS: readonly (readonly [bit: bigint, reason: ThrottleReason])[] = [
  [0x4n, "power_cap"],
  [0x8n, "hardware_slowdown"],
  [0x10n, "sync_boost"],
  [0x20n, "software_thermal"],
  [0x40n, "hardware_thermal"],
  [0x80n, "power_brake"],
];

/**
 * @param cell what `clocks_event_reasons.active` prints, as in `0x0000000000000004`.
 * @returns null where the driver does not tell.
 */
export function decodeThrottleReasons(cell: string | undefined): ThrottleReason[] | null {
  if (cell === undefined || !/^0x[\da-f]{1,16}$/i.test(cell)) return null;
  const mask = BigInt(cell);
  const reasons = BITS.filter(([bit]) => (mask & bit) !== 0n).map(([, reason]) => reason);
  // The hardware's slowdown is set along with its cause: the cause says more.
  const isExplained = reasons.includes("hardware_thermal") || reasons.includes("power_brake");
  return isExplained ? reasons.filter((reason) => reason !== "hardware_slowdown") : reasons;
}
