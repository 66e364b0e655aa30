import { createReadStream, createWriteStream } from "node:fs";
import type { ReadStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { tooLarge } from "./storage-error.ts";

/** The bytes of the objects: one file for each version, named by it. */
export class ObjectFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Takes the stream in and gives its length; a longer one than `maxBytes` leaves nothing. */
  async take(version: string, source: AsyncIterable<Buffer>, maxBytes: number): Promise<number> {
    let bytes = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        if (bytes > maxBytes) done(tooLarge());
        else done(null, chunk);
      },
    });
    try {
      await pipeline(source, count, createWriteStream(this.#pathOf(version)));
    } catch (error) {
      await this.remove(version);
      throw error;
    }
    return bytes;
  }

  /** Makes a file that is complete already ours. */
  async adopt(version: string, path: string): Promise<void> {
    await rename(path, this.#pathOf(version));
  }

  /** Both ends are included. */
  read(version: string, range: { start: number; end: number } | null): ReadStream {
    return createReadStream(this.#pathOf(version), range ?? {});
  }

  async remove(version: string): Promise<void> {
    await rm(this.#pathOf(version), { force: true });
  }

  #pathOf(version: string): string {
    return join(this.#folder, version);
  }
}
