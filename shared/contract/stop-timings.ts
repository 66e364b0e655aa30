/** How long a run that is to stop may take for its checkpoint, unless the settings say otherwise. */
export const USUAL_STOP_GRACE_SECONDS = 180;
/** From the wish to discard until SIGTERM: there is nothing to be written. */
export const DISCARD_GRACE_SECONDS = 10;
/** From SIGTERM until SIGKILL. */
export const KILL_AFTER_SECONDS = 60;
