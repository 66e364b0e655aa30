const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The two largest units: "8 s", "4 min 12 s", "3 h 12 min", "2 d 4 h". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return pair(whole, MINUTE, "min", SECOND, "s");
  if (whole < DAY) return pair(whole, HOUR, "h", MINUTE, "min");
  return pair(whole, DAY, "d", HOUR, "h");
}

/** What one step takes: "85 ms", "3.1 s", "2 min 10 s". */
export function formatStepTime(ms: number): string {
  if (ms < 999.5) return `${Math.max(1, Math.round(ms))} ms`;
  return ms < 59_950 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms / 1000);
}

/**
 * A forecast, so coarser than a duration: whole minutes above ten minutes, tens of seconds above
 * one minute. A figure that changes less is easier to believe.
 */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 5) return "a few seconds left";
  if (seconds < MINUTE) return `${Math.round(seconds)} s left`;
  if (seconds < 10 * MINUTE) return `${formatDuration(Math.round(seconds / 10) * 10)} left`;
  return `${formatDuration(Math.round(seconds / MINUTE) * MINUTE)} left`;
}

function pair(
  whole: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = Math.floor((whole % large) / small);
  const head = `${Math.floor(whole / large)} ${largeName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}

/** "just now", "4 min ago", "3 h ago", "yesterday", then the date. */
export function formatAgo(iso: string, nowMs: number): string {
  const seconds = (nowMs - Date.parse(iso)) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < HOUR) return `${Math.max(1, Math.round(seconds / MINUTE))} min ago`;
  if (seconds < 22 * HOUR) return `${Math.round(seconds / HOUR)} h ago`;
  if (seconds < 2 * DAY) return "yesterday";
  return formatDate(iso);
}

const dateFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
});
const dateTimeFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const clockFormat = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

export function formatDate(iso: string): string {
  return dateFormat.format(new Date(iso));
}

export function formatDateTime(iso: string): string {
  return dateTimeFormat.format(new Date(iso));
}

export function formatClock(iso: string): string {
  return clockFormat.format(new Date(iso));
}

export function secondsBetween(startIso: string, endIso: string): number {
  return Math.max(0, (Date.parse(endIso) - Date.parse(startIso)) / 1000);
}
