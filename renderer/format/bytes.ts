import { UNKNOWN } from "./numbers.ts";

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** Decimal units, as disks and file managers count: 1_234_567 → "1.23 MB". */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const figure = unit === 0 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
  return `${figure} ${UNITS[unit]}`;
}

export function formatBytesPerSecond(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** Memory in binary gigabytes, as GPU makers and `nvidia-smi` count: 81_920 MiB → "80.0 GB". */
export function formatMemory(mebibytes: number | null): string {
  if (mebibytes === null) return UNKNOWN;
  if (mebibytes < 1024) return `${Math.round(mebibytes)} MB`;
  const gigabytes = mebibytes / 1024;
  return `${gigabytes >= 100 ? Math.round(gigabytes) : gigabytes.toFixed(1)} GB`;
}
