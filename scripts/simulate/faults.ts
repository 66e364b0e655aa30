import type { SeededRandom } from "../torture/seeded-random.ts";

/** What happens to one request on its way to the project and back. */
export type Fault =
  | { kind: "none" }
  /** It never arrives. */
  | { kind: "drop_before" }
  /** It is carried out, and nobody hears of it. */
  | { kind: "drop_after" }
  /** Given up by its sender, it arrives after all, when others have been made since. */
  | { kind: "straggle"; lateMs: number }
  /** It arrives twice, the second time later. */
  | { kind: "duplicate"; lateMs: number }
  | { kind: "delay"; lateMs: number }
  /** The answer's text ends somewhere in between. */
  | { kind: "tear"; share: number }
  /** The answer lacks some of its items at the end: they were done, or they were not. */
  | { kind: "shorten"; share: number; isDone: boolean }
  | { kind: "status"; status: number; isDone: boolean; retryAfterS: number | null };

const STATUSES = [401, 403, 408, 409, 429, 500, 502, 503, 504] as const;
/** Those a gateway may say of a request that the database has carried out. */
const DOUBTFUL = [408, 500, 502, 504];

/** @param share - How many of the requests something happens to. */
export function drawFault(random: SeededRandom, share: number): Fault {
  if (random.share() >= share) return { kind: "none" };
  const lateMs = Math.round(random.upTo(random.pick([1000, 30_000, 600_000])));
  switch (Math.floor(random.upTo(10))) {
    case 0:
      return { kind: "drop_before" };
    case 1:
    case 2:
      return { kind: "drop_after" };
    case 3:
      return { kind: "straggle", lateMs };
    case 4:
      return { kind: "duplicate", lateMs };
    case 5:
      return { kind: "delay", lateMs };
    case 6:
      return { kind: "tear", share: random.share() };
    case 7:
      return { kind: "shorten", share: random.share(), isDone: random.share() < 0.5 };
    default: {
      const status = random.pick(STATUSES);
      const isDone = DOUBTFUL.includes(status) && random.share() < 0.5;
      const hasTime = status === 429 && random.share() < 0.5;
      return { kind: "status", status, isDone, retryAfterS: hasTime ? 17 : null };
    }
  }
}
