import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { basename, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "../../shared/app-error.ts";
import type { FileRegister } from "./file-register.ts";

export const MAX_UPLOAD_BYTES = 500 * 1024 * 1024;

/** Receives files of browsers into a folder that is emptied at every start. */
export class Uploads {
  readonly #folder: string;
  readonly #files: FileRegister;

  constructor(folder: string, files: FileRegister) {
    this.#folder = folder;
    this.#files = files;
  }

  async prepare(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  async receive(
    request: IncomingMessage,
    givenName: string,
  ): Promise<{ fileId: string; name: string; sizeBytes: number }> {
    const name = basename(givenName.replaceAll("\\", "/")).slice(0, 255) || "dataset";
    const tooLarge = new AppError(
      "invalid_input",
      `${name} is larger than ${MAX_UPLOAD_BYTES / 1024 / 1024} MB. Split it into several files.`,
    );
    if (Number(request.headers["content-length"] ?? 0) > MAX_UPLOAD_BYTES) throw tooLarge;

    const path = join(this.#folder, randomUUID());
    let sizeBytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        sizeBytes += chunk.length;
        done(sizeBytes > MAX_UPLOAD_BYTES ? tooLarge : null, chunk);
      },
    });
    try {
      await pipeline(request, meter, createWriteStream(path, { mode: 0o600 }));
    } catch (error) {
      await rm(path, { force: true });
      if (error instanceof AppError) throw error;
      throw new AppError("unavailable", `${name} did not arrive whole. Send it again.`, {
        cause: error,
      });
    }
    return {
      fileId: this.#files.add({ path, name, sizeBytes, isTemporary: true }),
      name,
      sizeBytes,
    };
  }
}
