import { AppError } from "../../shared/app-error.ts";
import { register, registering, type FileChoiceParts } from "./choose-file.ts";
import { isOurFrame, type SpeakingFrame } from "./our-page.ts";
import { shellChannels } from "./shell-channels.ts";

/** What is needed of Electron's ipcMain. */
export interface InvokedMain {
  handle(
    channel: string,
    handler: (call: { readonly senderFrame: SpeakingFrame | null }, path: unknown) => unknown,
  ): void;
}

/** Takes the files that the person drops on the page; the preload script sends their paths. */
export function acceptDroppedFiles(
  ipcMain: InvokedMain,
  parts: Pick<FileChoiceParts, "registerFile">,
): void {
  ipcMain.handle(shellChannels.droppedFile, (call, path) =>
    registering(() => {
      if (!isOurFrame(call.senderFrame)) {
        throw new AppError("forbidden", "This page may not hand over files.");
      }
      return register(path, parts);
    }),
  );
}
