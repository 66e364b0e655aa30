import { formatBytes, formatBytesPerSecond } from "../format/bytes.ts";
import { formatTimeLeft } from "../format/time.ts";
import { secondsToGo } from "./byte-rate.ts";

/** 0 to 1; null where the length of the file is not known. */
export function shareOf(bytesDone: number, bytesTotal: number): number | null {
  return bytesTotal === 0 ? null : Math.min(1, bytesDone / bytesTotal);
}

/** "182 MB of 480 MB · 52.4 MB/s · 6 s left", as far as it is known. */
export function describePace(bytesDone: number, bytesTotal: number, rate: number | null): string {
  const parts = [`${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`];
  if (rate !== null) parts.push(formatBytesPerSecond(rate));
  const seconds = secondsToGo(bytesDone, bytesTotal, rate);
  if (seconds !== null) parts.push(formatTimeLeft(seconds));
  return parts.join(" · ");
}
