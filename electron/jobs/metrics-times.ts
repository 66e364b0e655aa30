const DAY_MS = 86_400_000;
/** "HH:mm:ss.sssZ" */
const TIME_CHARACTERS = 13;

/**
 * What `Date.toISOString` says, for thousands of times that follow each other: the calendar is asked
 * once a day of theirs, the rest is division.
 */
export function createTimeText(): (ms: number) => string {
  let day = Number.NaN;
  let date = "";
  return (ms) => {
    const itsDay = Math.floor(ms / DAY_MS);
    if (itsDay !== day) {
      date = new Date(ms).toISOString().slice(0, -TIME_CHARACTERS);
      day = itsDay;
    }
    const rest = ms - itsDay * DAY_MS;
    const hours = twoDigits(Math.floor(rest / 3_600_000));
    const minutes = twoDigits(Math.floor(rest / 60_000) % 60);
    const seconds = twoDigits(Math.floor(rest / 1000) % 60);
    const thousandths = rest % 1000;
    const padding = thousandths < 10 ? "00" : thousandths < 100 ? "0" : "";
    return `${date}${hours}:${minutes}:${seconds}.${padding}${thousandths}Z`;
  };
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}
