import { createHash, randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openTransferDesk } from "../../../electron/transfers/fixtures/transfer-desk.ts";
import { writeTrainedAdapter } from "../../../electron/transfers/fixtures/trained-adapter.ts";
import { hashFile } from "../../../electron/transfers/hash-file.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { openCuttingProxy } from "./cutting-proxy.ts";
import { interruptedTransfer } from "./interrupted-transfer.ts";
import type { Ordeal } from "./ordeal.ts";
import type { TortureProject } from "./torture-project.ts";

export interface TortureTransfersOptions {
  project: TortureProject;
  folder: string;
  /** Of the large file. */
  bytes: number;
  /** Of the connections, in each direction. */
  cuts: number;
  /** After every so many cuts the process is killed as well. */
  cutsPerKill: number;
  random: SeededRandom;
  say: (message: string) => void;
}

/** Uploads a large adapter through connections that break, then downloads it elsewhere likewise. */
export async function tortureTransfers(
  options: TortureTransfersOptions,
): Promise<{ upload: Ordeal; download: Ordeal }> {
  const { project, folder, bytes, say } = options;
  const { stack, owner, service } = project;
  const target = new URL(stack.apiUrl);
  const proxy = await openCuttingProxy({ host: target.hostname, port: Number(target.port) });
  const session = {
    projectUrl: proxy.url,
    anonKey: stack.publishableKey,
    userId: owner.id,
    accessToken: owner.accessToken,
  };
  const proxied = { ...session, accessToken: () => Promise.resolve(owner.accessToken) };
  try {
    const here = join(folder, "here");
    const there = join(folder, "there");
    mkdirSync(here);
    mkdirSync(there);
    const desk = openTransferDesk({ homePath: here, session: proxied });
    const rowsPath = join(folder, "rows.jsonl");
    writeFileSync(rowsPath, `${JSON.stringify({ prompt: "a", completion: "b" })}\n`);
    const { id: datasetId } = await desk.importFile(rowsPath);
    const name = "adapter_model.safetensors";
    const files = [{ name, bytes }];
    const about = { homePath: here, userId: owner.id, datasetId, files };
    const { adapterPath, artifact, job, dataset } = writeTrainedAdapter(desk.store, about);
    mkdirSync(adapterPath, { recursive: true });
    const sha256 = writeNoise(join(adapterPath, name), bytes);
    await desk.close();

    const shared = { ...options, proxy, session, artifactId: artifact.id };
    const upload = await interruptedTransfer({ ...shared, homePath: here, direction: "upload" });
    say(`upload: ${JSON.stringify(upload)}`);
    const reopened = openTransferDesk({ homePath: here, session: proxied });
    const { storage_path: path } = {
      ...reopened.store.prepare("SELECT storage_path FROM model_artifacts").get(),
    };
    await reopened.close();
    const place = String(path).replace(/[^/]+$/, name);
    const url = `${stack.apiUrl}/storage/v1/object/authenticated/lora-models/${place}`;
    const isEqual = (await hashOf(url, owner.accessToken)) === sha256;

    const rows: [string, object][] = [
      ["datasets", dataset],
      ["training_jobs", job],
      ["model_artifacts", { ...artifact, storage_path: path, status: "stored" }],
    ];
    for (const [table, row] of rows) {
      const { error } = await service.from(table).insert(row as never);
      if (error !== null) throw error;
    }
    const download = await interruptedTransfer({
      ...shared,
      homePath: there,
      direction: "download",
    });
    say(`download: ${JSON.stringify(download)}`);
    const other = openTransferDesk({ homePath: there, session: proxied });
    const arrived = other.artifacts.find(artifact.id)?.path ?? "";
    await other.close();
    const kept = await hashFile(join(arrived, name), new AbortController().signal);
    return {
      upload: { ...upload, isEqual },
      download: { ...download, isEqual: kept.sha256 === sha256 },
    };
  } finally {
    await proxy.close();
  }
}

/** @returns the sha256 of what was written. */
function writeNoise(path: string, bytes: number): string {
  const hash = createHash("sha256");
  const block = Buffer.allocUnsafe(1024 * 1024);
  const file = openSync(path, "wx");
  for (let at = 0; at < bytes; at += block.length) {
    const part = randomFillSync(block).subarray(0, Math.min(block.length, bytes - at));
    hash.update(part);
    writeSync(file, part);
  }
  closeSync(file);
  return hash.digest("hex");
}

async function hashOf(url: string, token: string): Promise<string> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const hash = createHash("sha256");
  for await (const part of answer.body ?? []) hash.update(part as Uint8Array);
  return hash.digest("hex");
}
