const LEAST_MS = 1000;
const MOST_MS = 300_000;

/**
 * How long to wait after so many failures in a row: anywhere from 1 s up to a ceiling that doubles
 * to 5 min, so that many clients do not come back at once.
 *
 * @param random - From 0 to 1.
 */
export function backOffMs(failures: number, random: number, retryAfterMs: number | null): number {
  const ceiling = Math.min(MOST_MS, LEAST_MS * 2 ** Math.min(failures, 20));
  const jittered = LEAST_MS + random * (ceiling - LEAST_MS);
  return Math.round(Math.max(jittered, Math.min(retryAfterMs ?? 0, MOST_MS)));
}
