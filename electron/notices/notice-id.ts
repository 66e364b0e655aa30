import { createHash } from "node:crypto";

/** The same event always gets the same id (a UUID of version 8), on whichever machine. */
export function noticeIdOf(event: string): string {
  const hash = createHash("sha256").update(`lora-desk notice ${event}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join("-");
}
