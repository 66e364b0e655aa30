import { spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { TeamSession } from "../../electron/sync/team-session.ts";
import { hashFile } from "../../electron/transfers/hash-file.ts";
import { ReadBack } from "../../electron/transfers/read-back.ts";
import { uploadResumably } from "../../electron/transfers/resumable-upload.ts";
import { StorageClient } from "../../electron/transfers/storage-client.ts";
import type { TransferRecord } from "../../electron/transfers/transfer-record.ts";
import type { BenchResult } from "./bench.ts";

const MEGABYTE = 1e6;
const signal = new AbortController().signal;

/**
 * Uploads a file as the app does (hash, then 6 MiB chunks by TUS), against one PUT of the same file
 * to a server that only writes it. First to a server that does as little for TUS, which leaves the
 * client's own part, and then to the local stack, with its policies and its database, where it is
 * read back as well. Servers are processes of their own; each figure is the best of the rounds,
 * taken in turns.
 */
export async function run(options: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args: options,
    options: {
      megabytes: { type: "string", default: "300" },
      rounds: { type: "string", default: "3" },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "lora-desk-bench-upload-"));
  const bare = await startServer("bare-server.ts");
  const stack = await startServer("stack-server.ts");
  try {
    const bytes = Number(values.megabytes) * MEGABYTE;
    const path = join(folder, "adapter_model.safetensors");
    writeNoise(path, bytes);
    const bareUrl = `http://127.0.0.1:${bare.firstLine}`;
    const project = JSON.parse(stack.firstLine) as Project;
    const bareProject = { ...project, projectUrl: bareUrl };

    const best = { put: Infinity, bare: Infinity, stack: Infinity, hash: Infinity, back: Infinity };
    for (let round = 0; round < Number(values.rounds); round++) {
      best.put = Math.min(best.put, await seconds(() => putOnce(`${bareUrl}/raw`, path, bytes)));
      const hashing = performance.now();
      const hashed = await hashFile(path, signal);
      best.hash = Math.min(best.hash, (performance.now() - hashing) / 1000);
      const record = recordOf(path, hashed, `${project.userId}/${hashed.sha256}/${round}`);
      best.bare = Math.min(best.bare, await seconds(() => upload(bareProject, record)));
      best.stack = Math.min(best.stack, await seconds(() => upload(project, record)));
      best.back = Math.min(best.back, await seconds(() => readBack(project, record)));
    }
    const rate = (taken: number) => Number((bytes / MEGABYTE / taken).toFixed(1));
    return {
      name: "upload",
      unit: "MB/s",
      figure: rate(best.stack),
      peer: "one PUT of the same file to a bare HTTP server that writes it",
      peerFigure: rate(best.put),
      ratio: Number((best.put / best.stack).toFixed(3)),
      details: {
        bytes,
        toBareTusServer: rate(best.bare),
        shareOfBareTusServer: Number((best.put / best.bare).toFixed(3)),
        hashing: rate(best.hash),
        readingBack: rate(best.back),
        withHashingAndReadingBack: rate(best.stack + best.hash + best.back),
      },
    };
  } finally {
    await Promise.all([bare.close(), stack.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Project {
  projectUrl: string;
  anonKey: string;
  userId: string;
  accessToken: string;
}

async function upload(project: Project, record: TransferRecord): Promise<void> {
  let confirmed = 0;
  await uploadResumably(record, {
    client: clientOf(project),
    signal,
    keepUrl: () => undefined,
    confirmed: (bytes) => (confirmed = bytes),
    sent: () => undefined,
  });
  if (confirmed !== record.bytesTotal) throw new Error("The upload lost bytes.");
}

async function readBack(project: Project, record: TransferRecord): Promise<void> {
  const isEqual = await new ReadBack(record).run(clientOf(project), signal, () => undefined);
  if (!isEqual) throw new Error("What was stored differs.");
}

function clientOf({ accessToken, ...project }: Project): StorageClient {
  const session: TeamSession = { ...project, accessToken: () => Promise.resolve(accessToken) };
  return new StorageClient(session, fetch);
}

async function putOnce(url: string, path: string, bytes: number): Promise<void> {
  const sending = request(url, { method: "PUT", headers: { "content-length": bytes } });
  const answered = once(sending, "response");
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), sending);
  const [response] = (await answered) as [{ statusCode: number; resume(): void }];
  response.resume();
  if (response.statusCode !== 200) throw new Error(`The PUT was answered ${response.statusCode}.`);
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

function recordOf(
  path: string,
  { sha256, bytes, stamp }: { sha256: string; bytes: number; stamp: string },
  objectName: string,
): TransferRecord {
  return {
    id: objectName,
    direction: "upload",
    table: "model_artifacts",
    rowId: "",
    part: "only",
    fileName: "adapter_model.safetensors",
    bucket: "lora-models",
    objectName,
    contentType: "application/octet-stream",
    sha256,
    path,
    stamp,
    bytesTotal: bytes,
    bytesDone: 0,
    state: "moving",
    isVerified: false,
    uploadUrl: null,
    error: null,
  };
}

function writeNoise(path: string, bytes: number): void {
  const block = Buffer.allocUnsafe(1024 * 1024);
  const file = openSync(path, "wx");
  for (let at = 0; at < bytes; at += block.length) {
    writeSync(file, randomFillSync(block), 0, Math.min(block.length, bytes - at));
  }
  closeSync(file);
}

/** Starts a program of this bench, which ends when its input does. */
async function startServer(name: string) {
  const program = fileURLToPath(new URL(`./upload/${name}`, import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  const [firstLine] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return {
    firstLine,
    async close() {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}
