import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** The sha256 of a file, in hexadecimal; undefined when it cannot be read. */
export async function fileHash(path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      hash.update(chunk as Buffer);
    }
  } catch {
    return undefined;
  }
  return hash.digest("hex");
}
