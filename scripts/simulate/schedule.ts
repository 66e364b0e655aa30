import type { SeededRandom } from "../torture/seeded-random.ts";

/** What a schedule is made of, drawn from its seed. */
export interface Schedule {
  machines: number;
  hasOtherUser: boolean;
  happenings: number;
  faultShare: number;
  poisonShare: number;
  /** The most entries that the project gives out at once. */
  pageSize: number;
  isRestored: boolean;
  hasStrangers: boolean;
  /** After the storm everything is left to itself; else somebody presses “Sync now”. */
  isPatient: boolean;
  /** In the end people look at what was refused, and decide. */
  isTidy: boolean;
  /** Whether several things happen between two rounds, or hardly one. */
  longestGapMs: number;
  /** What the project takes at once before its time is over; of more nothing is done, also later. */
  mostOperations: number | null;
}

export function drawSchedule(random: SeededRandom): Schedule {
  return {
    machines: random.pick([1, 2, 2, 3]),
    hasOtherUser: random.share() < 0.3,
    happenings: 30 + Math.floor(random.upTo(90)),
    faultShare: random.pick([0, 0.15, 0.3, 0.6]),
    poisonShare: random.pick([0, 0, 0.08, 0.2]),
    pageSize: random.pick([2, 7, 500]),
    isRestored: random.share() < 0.25,
    hasStrangers: random.share() < 0.3,
    isPatient: random.share() < 0.15,
    isTidy: random.share() < 0.5,
    longestGapMs: random.pick([400, 3000, 12_000]),
    mostOperations: random.pick([null, null, null, 1, 3, 10]),
  };
}
