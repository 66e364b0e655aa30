import { ServerFault } from "../sync/team-server.ts";
import { SourceFile } from "./source-file.ts";
import type { StorageAnswer, StorageClient } from "./storage-client.ts";
import type { TransferRecord } from "./transfer-record.ts";

/** Hosted projects take chunks of this size only, but for the last. */
export const CHUNK_BYTES = 6 * 1024 * 1024;
const TUS = { "tus-resumable": "1.0.0" };
/** How often a server may contradict itself about an offset before it is given a rest. */
const MAX_CONTRADICTIONS = 3;
/** How often an upload may vanish at the server within one attempt. */
const MAX_BEGINNINGS = 3;

export interface UploadSteps {
  client: StorageClient;
  signal: AbortSignal;
  /** Keeps the address, durably, before the first byte goes there; null: it is of no use any more. */
  keepUrl(url: string | null): void;
  /** So many bytes are safe at the server. */
  confirmed(bytes: number): void;
  /** So many have left, of which some may have to be sent again. */
  sent(bytes: number): void;
}

/*
 * One upload (TUS 1.0), which goes on wherever the last attempt ended:
 *
 *   no address ── POST ──▶ address kept ── HEAD ──▶ offset ── PATCH, 6 MiB each ──▶ all sent
 *        ▲                                  │         ▲            │
 *        └──────────── 404, 410 ◀───────────┴─────────┴──── 409 ◀──┘  somebody else was faster
 */

/** @returns when the server has all bytes, or has the object already. */
export async function uploadResumably(record: TransferRecord, steps: UploadSteps): Promise<void> {
  const source = await SourceFile.open(record.path, record.stamp);
  try {
    let url = record.uploadUrl;
    let contradictions = 0;
    let beginnings = 0;
    for (;;) {
      let offset: number | null = 0;
      if (url === null) {
        if (await isStored(record, steps)) return;
        beginnings += 1;
        if (beginnings > MAX_BEGINNINGS) throw new ServerFault("busy", "Uploads vanish there");
        url = await create(record, steps);
        if (url === null) return;
        steps.keepUrl(url);
      } else {
        offset = await askOffset(url, steps);
      }
      if (offset !== null) {
        steps.confirmed(offset);
        const reached = await sendFrom(offset, url, record, source, steps);
        if (reached === record.bytesTotal) return;
        contradictions = reached > offset ? 0 : contradictions + 1;
        if (contradictions >= MAX_CONTRADICTIONS) {
          throw new ServerFault("busy", "Another program is storing the same file", {
            status: 409,
          });
        }
        if (await isStored(record, steps)) return;
        continue;
      }
      // It has run out (they live for a day) or the project was restored: begin anew.
      url = null;
      steps.keepUrl(null);
    }
  } finally {
    await source.close();
  }
}

/** Whether an object of this name and length is there; one of another length is taken away. */
async function isStored(record: TransferRecord, { client, signal }: UploadSteps): Promise<boolean> {
  const { bucket, objectName, bytesTotal } = record;
  const bytes = await objectBytes(client, bucket, objectName, signal);
  if (bytes === null) return false;
  if (bytes === bytesTotal) return true;
  await removeObject(client, bucket, objectName, signal);
  return false;
}

export async function objectBytes(
  client: StorageClient,
  bucket: string,
  name: string,
  signal: AbortSignal,
): Promise<number | null> {
  const url = `/object/authenticated/${bucket}/${encodePath(name)}`;
  const headers = { range: "bytes=0-0" };
  const accept = [404, 416];
  const answer = await client.send({ method: "GET", url, headers, signal, accept });
  if (answer.status === 404) return null;
  if (answer.status === 416) return 0;
  const range = /\/(\d+)$/.exec(answer.headers.get("content-range") ?? "");
  const length = range?.[1] ?? answer.headers.get("content-length") ?? "0";
  for await (const _ of answer.bytes()) break;
  return Number(length);
}

export async function removeObject(
  client: StorageClient,
  bucket: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const url = `/object/${bucket}/${encodePath(name)}`;
  await client.send({ method: "DELETE", url, signal, accept: [404] });
}

export function encodePath(name: string): string {
  return name.split("/").map(encodeURIComponent).join("/");
}

/** @returns null when an object of the name has come to be there meanwhile. */
async function create(
  { bucket, objectName, contentType, sha256, bytesTotal }: TransferRecord,
  { client, signal }: UploadSteps,
): Promise<string | null> {
  const metadata = {
    bucketName: bucket,
    objectName,
    contentType,
    cacheControl: "3600",
    metadata: JSON.stringify({ sha256 }),
  };
  const pairs = Object.entries(metadata).map(
    ([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`,
  );
  const answer = await client.send({
    method: "POST",
    url: "/upload/resumable",
    headers: {
      ...TUS,
      "upload-length": String(bytesTotal),
      "upload-metadata": pairs.join(","),
      "x-upsert": "false",
    },
    signal,
    accept: [409],
  });
  await readAway(answer);
  if (answer.status === 409) return null;
  const location = answer.headers.get("location");
  if (location === null) throw new ServerFault("unreachable", "The answer names no upload address");
  return client.resolve(location);
}

/**
 * Lets go of an upload: afterwards no byte that is still on its way ends it. Of one that has ended
 * the server has nothing to let go.
 */
export async function terminate(
  url: string,
  client: StorageClient,
  signal: AbortSignal,
): Promise<void> {
  const accept = [400, 403, 404, 405, 409, 410];
  const answer = await client.send({ method: "DELETE", url, headers: TUS, signal, accept });
  await readAway(answer);
}

/**
 * How many bytes the server has; null when it does not know the upload any more, or does not let
 * this account go on with it. Beginning another then tells in words what is wrong, if anything.
 */
async function askOffset(url: string, { client, signal }: UploadSteps): Promise<number | null> {
  const accept = [400, 403, 404, 410];
  const answer = await client.send({ method: "HEAD", url, headers: TUS, signal, accept });
  if (answer.status >= 400) return null;
  return offsetOf(answer);
}

/** Sends chunk after chunk. @returns how far the server got; short of the end, ask it again. */
async function sendFrom(
  start: number,
  url: string,
  { bytesTotal }: TransferRecord,
  source: SourceFile,
  steps: UploadSteps,
): Promise<number> {
  const { client, signal } = steps;
  let offset = start;
  const readAt = (at: number) => source.read(at, Math.min(CHUNK_BYTES, bytesTotal - at));
  let next = offset < bytesTotal ? readAt(offset) : null;
  while (next !== null) {
    const chunk = await next;
    const end = offset + chunk.length;
    // The disk reads while the network sends; a failure is heard of when its turn comes.
    next = end < bytesTotal ? readAt(end) : null;
    next?.catch(() => undefined);
    const answer = await client.send({
      method: "PATCH",
      url,
      headers: {
        ...TUS,
        "upload-offset": String(offset),
        "content-type": "application/offset+octet-stream",
      },
      body: chunk,
      onSent: (bytes) => steps.sent(bytes),
      signal,
      accept: [404, 409, 410],
    });
    await readAway(answer);
    if (answer.status >= 400) break;
    const reached = offsetOf(answer);
    if (reached > bytesTotal) throw new ServerFault("unreachable", "The offset is past the end");
    steps.confirmed(reached);
    if (reached !== end) next = reached < bytesTotal ? readAt(reached) : null;
    if (reached <= offset) break;
    offset = reached;
  }
  // The chunk that was read ahead for nothing must not outlive the file.
  await next?.catch(() => undefined);
  return offset;
}

function offsetOf(answer: StorageAnswer): number {
  const offset = Number(answer.headers.get("upload-offset") ?? Number.NaN);
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new ServerFault("unreachable", "The answer names no offset");
}

/** A connection is used again only when its answer has been read. */
async function readAway(answer: StorageAnswer): Promise<void> {
  if (answer.status >= 400) return;
  for await (const _ of answer.bytes());
}
