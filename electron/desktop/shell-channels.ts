/** The IPC channels between window and main that are about the shell, not about the core. */
export const shellChannels = {
  /** Page → main (invoke): a dropped file's path, read by the preload script. */
  droppedFile: "shell:dropped-file",
  /** Main → page: show this place of the app (the hash of the address). */
  navigate: "shell:navigate",
} as const;
