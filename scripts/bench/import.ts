import { createHash, randomUUID } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReadyDataset } from "../../shared/contract/datasets.ts";
import { openDatasetLibrary } from "../../electron/datasets/dataset-library.ts";
import { openStore } from "../../electron/store/open-store.ts";
import type { BenchResult } from "./bench.ts";

const FILE_BYTES = 200 * 1024 * 1024;
const MEGABYTE = 1e6;
const ROUNDS = 3;
const WORDS =
  "adapter rank alpha loss gradient token batch epoch step model layer weight schedule seed".split(
    " ",
  );

/**
 * Imports a generated file of 200 MiB of chat rows as the app does (thread, copy, index, database),
 * against what no import can do without: reading, hashing and parsing the same lines once. Each is
 * the best of three rounds, taken in turns.
 */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "lora-desk-bench-import-"));
  try {
    const path = join(folder, "rows.jsonl");
    const { bytes, rows } = generate(path);
    const imports: number[] = [];
    const passes: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      passes.push(plainPass(path, rows));
      imports.push(await importOnce(path, rows));
    }
    const importSeconds = Math.min(...imports);
    const passSeconds = Math.min(...passes);
    return {
      name: "import",
      unit: "MB/s",
      figure: round1(bytes / MEGABYTE / importSeconds),
      peer: "reading, sha256 and JSON.parse of the same lines in one plain pass",
      peerFigure: round1(bytes / MEGABYTE / passSeconds),
      ratio: Number((passSeconds / importSeconds).toFixed(3)),
      details: { bytes, rows, importSeconds: imports, passSeconds: passes },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows of three turns of 5 to 200 words, by a fixed pseudo-random sequence. */
function generate(path: string): { bytes: number; rows: number } {
  let state = 1;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const words = (count: number): string =>
    Array.from({ length: count }, () => WORDS[below(WORDS.length)]).join(" ");
  const file = openSync(path, "wx");
  let bytes = 0;
  let rows = 0;
  while (bytes < FILE_BYTES) {
    const block: string[] = [];
    for (let at = 0; at < 1000; at++) {
      const messages = [
        { role: "system", content: "Answer briefly." },
        { role: "user", content: `${rows + at}: ${words(5 + below(60))}?` },
        { role: "assistant", content: `${words(5 + below(200))}.\n“Fünf” – 五.` },
      ];
      block.push(JSON.stringify({ messages }));
    }
    bytes += writeSync(file, `${block.join("\n")}\n`);
    rows += block.length;
  }
  closeSync(file);
  return { bytes, rows };
}

async function importOnce(path: string, rows: number): Promise<number> {
  const homePath = mkdtempSync(join(tmpdir(), "lora-desk-bench-home-"));
  const { promise, resolve, reject } = Promise.withResolvers<ReadyDataset>();
  const store = openStore({ path: ":memory:", log: () => undefined });
  const library = openDatasetLibrary({
    store,
    homePath,
    publish(_topic, data) {
      if (!("status" in data)) return;
      if (data.status === "ready") resolve(data as ReadyDataset);
      if (data.status === "rejected") reject(new Error(JSON.stringify(data)));
    },
    now: () => new Date(),
    createId: () => randomUUID(),
    log: () => undefined,
    resolveFile: (fileId) => {
      throw new Error(`No file ${fileId}`);
    },
    samplePath: path,
  });
  const begun = performance.now();
  await library.requests["datasets.import"]({ source: { kind: "path", path } }, "local");
  const dataset = await promise;
  const seconds = (performance.now() - begun) / 1000;
  await library.close();
  store.close();
  rmSync(homePath, { recursive: true, force: true });
  if (dataset.statistics.rows !== rows) throw new Error("The import lost rows.");
  return seconds;
}

function plainPass(path: string, rows: number): number {
  const begun = performance.now();
  const file = openSync(path, "r");
  const chunk = Buffer.allocUnsafe(1024 * 1024);
  const hash = createHash("sha256");
  let parsed = 0;
  let carried = Buffer.alloc(0);
  for (;;) {
    const count = readSync(file, chunk, 0, chunk.length, null);
    if (count === 0) break;
    const part = chunk.subarray(0, count);
    hash.update(part);
    const last = part.lastIndexOf(0x0a);
    const lines = Buffer.concat([carried, part.subarray(0, last)]).toString("utf8");
    carried = Buffer.from(part.subarray(last + 1));
    for (const line of lines.split("\n")) {
      if (JSON.parse(line) !== undefined) parsed += 1;
    }
  }
  hash.digest("hex");
  closeSync(file);
  if (parsed !== rows) throw new Error("The plain pass lost rows.");
  return (performance.now() - begun) / 1000;
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
