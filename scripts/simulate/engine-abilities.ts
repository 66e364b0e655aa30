/*
 * What schedules may ask of sync beyond what it has always been able to do. Off, the schedules are
 * as hard as they can be without it.
 */
export const ENGINE = {
  /** After a failure it sends less at once, so that a project which is slow gets it in pieces. */
  shrinksBatches: false,
  /** A change that was given up is taken back here, so that the row is as the project has it. */
  settlesDiscards: false,
  /** What a machine says of a wish that it has granted does not undo a newer one. */
  keepsNewerWishes: false,
};
