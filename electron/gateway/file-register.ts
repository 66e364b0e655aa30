import { randomUUID } from "node:crypto";
import { AppError } from "../../shared/app-error.ts";

export interface RegisteredFile {
  path: string;
  name: string;
  sizeBytes: number;
  /** True for uploads: whoever imports the file may remove it afterwards. */
  isTemporary: boolean;
}

/** Files that the user handed over by upload or dialog, so that windows never name a path. */
export class FileRegister {
  readonly #files = new Map<string, RegisteredFile>();

  add(file: RegisteredFile): string {
    const fileId = randomUUID();
    this.#files.set(fileId, file);
    return fileId;
  }

  resolve = (fileId: string): RegisteredFile => {
    const file = this.#files.get(fileId);
    if (file === undefined) {
      throw new AppError("not_found", "This file is no longer at hand. Choose it again.");
    }
    return file;
  };
}
