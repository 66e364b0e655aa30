import { createHash } from "node:crypto";
import { ServerFault } from "../sync/team-server.ts";
import { encodePath } from "./resumable-upload.ts";
import type { StorageAnswer, StorageClient } from "./storage-client.ts";
import type { TransferRecord } from "./transfer-record.ts";

/** What is asked for at once, and so the most that a broken connection can cost. */
export const PIECE_BYTES = 5 * 1024 * 1024;

/**
 * Reads a stored object back, every byte of it, and tells whether it is what was to be stored. Goes
 * on where it was cut off; only a restart of the app begins it again.
 */
export class ReadBack {
  readonly #record: TransferRecord;
  readonly #hash = createHash("sha256");
  #offset = 0;

  constructor(record: TransferRecord) {
    this.#record = record;
  }

  get bytes(): number {
    return this.#offset;
  }

  /** @returns whether length and sha256 are equal; false, too, when the object is gone. */
  async run(
    client: StorageClient,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<boolean> {
    const { bytesTotal, sha256 } = this.#record;
    do {
      const before = this.#offset;
      const answer = await openRange(client, this.#record, before, signal);
      if (answer === null) return false;
      for await (const part of answer.bytes()) {
        this.#hash.update(part);
        this.#offset += part.length;
        onBytes(part.length);
        if (this.#offset > bytesTotal) return false;
      }
      if (this.#offset < Math.min(bytesTotal, before + PIECE_BYTES)) throw cutShort();
    } while (this.#offset < bytesTotal);
    return this.#hash.copy().digest("hex") === sha256;
  }
}

export function cutShort(): ServerFault {
  return new ServerFault("unreachable", "The answer was cut short");
}

/**
 * Asks for a piece of an object from a byte on. Null: it is not there, or ends before that byte.
 *
 * @throws ServerFault also when the answer is not the range that was asked for.
 */
export async function openRange(
  client: StorageClient,
  { bucket, objectName, bytesTotal }: TransferRecord,
  offset: number,
  signal: AbortSignal,
): Promise<StorageAnswer | null> {
  const answer = await client.send({
    method: "GET",
    url: `/object/authenticated/${bucket}/${encodePath(objectName)}`,
    headers: {
      "accept-encoding": "identity",
      ...(bytesTotal > 0 ? { range: `bytes=${offset}-${offset + PIECE_BYTES - 1}` } : {}),
    },
    signal,
    accept: [404, 416],
  });
  if (answer.status >= 400) return null;
  if (offset === 0 && answer.status === 200) return answer;
  const start = /^bytes (\d+)-/.exec(answer.headers.get("content-range") ?? "")?.[1];
  if (answer.status === 206 && Number(start) === offset) return answer;
  await answer.bytes().return(undefined);
  throw new ServerFault("unreachable", "The server does not send parts of files");
}
