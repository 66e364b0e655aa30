import type { Preflight } from "../../shared/contract/preflight.ts";

export type Finding = Preflight["findings"][number];

export function finding(
  tone: Finding["tone"],
  message: string,
  remedy: string | null = null,
  proposal: Finding["proposal"] = null,
): Finding {
  return { tone, message, remedy, proposal };
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Of MiB, as cards are sold: 24 GB. */
export function memoryText(mb: number): string {
  return mb < 1024 ? `${Math.round(mb)} MB` : `${(mb / 1024).toFixed(1)} GB`;
}
