const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/**
 * Doubles from a quarter of a second to eight seconds; `random` (0 to 1) takes up to a fifth off,
 * so that several windows do not knock at the same moment. `attempt` counts from 1.
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.round(full * (1 - random * 0.2));
}
