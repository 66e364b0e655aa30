import { type FileHandle, open } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";

/** Tells a file apart from what it is after any change of its content. */
export async function fileStamp(file: FileHandle): Promise<string> {
  const { size, mtimeNs, ino } = await file.stat({ bigint: true });
  return `${size}:${mtimeNs}:${ino}`;
}

/** The file of an upload, which must stay what it was when it was hashed. */
export class SourceFile {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #stamp: string | null;

  private constructor(file: FileHandle, path: string, stamp: string | null) {
    this.#file = file;
    this.#path = path;
    this.#stamp = stamp;
  }

  /** @throws AppError `not_found` when it is gone, `conflict` when it is not what was hashed. */
  static async open(path: string, stamp: string | null): Promise<SourceFile> {
    const file = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
      throw new AppError(
        "not_found",
        `${path} cannot be read (${cause.code ?? cause.message}), so it cannot be stored with the team. Put it back, or cancel the upload.`,
        { cause },
      );
    });
    const source = new SourceFile(file, path, stamp);
    await source.#checkStamp().catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    return source;
  }

  /** As many bytes as there are, up to `length`. */
  async read(offset: number, length: number): Promise<Buffer> {
    const chunk = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#file.read(chunk, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    await this.#checkStamp();
    return chunk.subarray(0, filled);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #checkStamp(): Promise<void> {
    if (this.#stamp === null || (await fileStamp(this.#file)) === this.#stamp) return;
    throw new AppError(
      "conflict",
      `${this.#path} has changed since its upload began. Try again to upload it as it is now, or put the old file back first.`,
    );
  }
}
