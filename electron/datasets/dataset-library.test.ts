import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Caller, Topic, TopicData } from "../../shared/contract/contract.ts";
import { type Dataset, datasetSchema, type FileSource } from "../../shared/contract/datasets.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { type DatasetLibrary, openDatasetLibrary } from "./dataset-library.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
let home: string;
let store: Store;
let library: DatasetLibrary;
let clock: number;
let events: Dataset[];
let listeners: Set<() => void>;
let uploads: Map<string, { path: string; name: string; isTemporary: boolean }>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-datasets-"));
  store = openStore({ path: join(home, "store.db"), log: () => undefined });
  clock = Date.parse("2026-01-01T00:00:00Z");
  events = [];
  listeners = new Set();
  uploads = new Map();
  writeFileSync(join(home, "sample.jsonl"), rows(3, "sample"));
  library = open();
});

afterEach(async () => {
  await library.close();
  store.close();
  rmSync(home, { recursive: true, force: true });
});

function open(workerUrl?: URL): DatasetLibrary {
  return openDatasetLibrary({
    store,
    homePath: home,
    publish: <T extends Topic>(topic: T, data: TopicData<T>) => {
      expect(topic).toBe("datasets.changed");
      events.push(datasetSchema.parse(data));
      for (const listener of listeners) listener();
    },
    now: () => new Date(clock++),
    createId: () => randomUUID(),
    log: () => undefined,
    resolveFile: (fileId) => {
      const file = uploads.get(fileId);
      if (file === undefined) throw new AppError("not_found", "No such file.");
      return file;
    },
    samplePath: join(home, "sample.jsonl"),
    ...(workerUrl === undefined ? {} : { workerUrl }),
  });
}

function rows(count: number, answer = "yes"): string {
  const row = (at: number): string => JSON.stringify({ question: `Is it ${at}?`, answer });
  return Array.from({ length: count }, (_, at) => `${row(at)}\n`).join("");
}

function fileOf(name: string, content: string | Buffer): FileSource {
  const path = join(home, name);
  writeFileSync(path, content);
  return { kind: "path", path };
}

function startImport(source: FileSource, name?: string, caller: Caller = "local") {
  const params = name === undefined ? { source } : { source, name };
  return library.requests["datasets.import"](params, caller) as Promise<Dataset>;
}

/** Resolves with the event that `matches`, be it past or still to come. */
function event(matches: (dataset: Dataset) => boolean): Promise<Dataset> {
  const { promise, resolve } = Promise.withResolvers<Dataset>();
  const look = (): void => {
    const found = events.find(matches);
    if (found === undefined) return;
    listeners.delete(look);
    resolve(found);
  };
  listeners.add(look);
  look();
  return promise;
}

async function importAll(source: FileSource, name?: string): Promise<Dataset> {
  const { id, status } = await startImport(source, name);
  if (status !== "importing") return get(id);
  return event((dataset) => dataset.id === id && dataset.status !== "importing");
}

const ask = <M extends keyof DatasetLibrary["requests"]>(
  method: M,
  params: Parameters<DatasetLibrary["requests"][M]>[0],
) => library.requests[method](params as never, "desktop");
const get = (id: string): Dataset => ask("datasets.get", { id }) as Dataset;
const list = (): Dataset[] => ask("datasets.list", {}) as Dataset[];
const stored = (): string[] => readdirSync(join(home, "datasets")).toSorted();

function insertJob(datasetId: string, status: string): void {
  store
    .prepare(
      `INSERT INTO training_jobs (id, dataset_id, name, preset_id, base_model, hyperparameters,
         gpu_config, workstation, status, created_at, updated_at)
       VALUES (?, ?, 'First try', 'balanced', 'm', '{}', '{}', 'w', ?, 'now', 'now')`,
    )
    .run(randomUUID(), datasetId, status);
}

describe("an import", () => {
  test("makes a ready dataset, with its rows, rejections and file", async () => {
    const source = fileOf("My rows.jsonl", `${rows(250)}not json\n{"question":"a","answer":""}\n`);
    const started = await startImport(source);
    expect(started).toMatchObject({
      status: "importing",
      name: "My rows",
      fileName: "My rows.jsonl",
    });
    const dataset = await event(({ status }) => status === "ready");
    expect(dataset).toMatchObject({
      id: started.id,
      format: "question_answer",
      statistics: { rows: 250, rejected: 2, duplicates: 0, turns: 500 },
    });
    expect(get(started.id)).toEqual(dataset);
    expect(list()).toEqual([dataset]);
    expect(await ask("datasets.rejections", { id: dataset.id, offset: 1, limit: 5 })).toMatchObject(
      {
        total: 2,
        rows: [{ line: 252, reason: "empty_text" }],
      },
    );
    const preview = await ask("datasets.preview", { id: dataset.id, offset: 249, limit: 200 });
    expect(preview).toMatchObject({
      total: 250,
      rows: [{ index: 249, line: 250, turns: [{ text: "Is it 249?" }, { text: "yes" }] }],
    });
    const file = library.findReady(dataset.id);
    expect(file).toMatchObject({ id: dataset.id, name: "My rows", format: "question_answer" });
    expect(existsSync(file.path)).toBe(true);
    expect(stored()).toEqual([file.sha256]);
    const columns = store.prepare("SELECT * FROM datasets").get();
    expect(columns).toMatchObject({
      total_training_pairs: 250,
      training_ready: 1,
      avg_turns_per_conversation: 2,
      validation_errors: '{"total":2,"byReason":{"invalid_json":1,"empty_text":1}}',
    });
    expect(JSON.parse(String(columns?.["sample_data"]))).toHaveLength(3);
  });

  test("cuts long turns in the preview, and says so", async () => {
    const long = JSON.stringify({ text: `${"a".repeat(3999)}🙂${"b".repeat(100)}` });
    const { id } = await importAll(fileOf("long.jsonl", `${long}\n{"text":"short"}\n`));
    const { rows: shown } = await ask("datasets.preview", { id, offset: 0, limit: 2 });
    expect(shown).toMatchObject([
      { isCut: true, turns: [{ text: "a".repeat(3999) }] },
      { isCut: false, turns: [{ text: "short" }] },
    ]);
  });

  test.each([
    ["bad.jsonl", "{}\n[]", "invalid_input", 2],
    ["table.csv", "a,b", "unsupported", 0],
  ])("of %s makes a rejected dataset", async (name, content, kind, rejected) => {
    const dataset = await importAll(fileOf(name, content));
    expect(dataset).toMatchObject({ status: "rejected", failure: { kind } });
    const found = await ask("datasets.rejections", { id: dataset.id, offset: 0, limit: 10 });
    expect([found.total, found.rows.length]).toEqual([rejected, rejected]);
    expect(stored()).toEqual([]);
    expect(() => library.findReady(dataset.id)).toThrow(/was rejected/);
  });

  test("of a file that is not there makes a rejected dataset", async () => {
    const dataset = await importAll({ kind: "path", path: join(home, "gone.jsonl") });
    expect(dataset).toMatchObject({ status: "rejected", failure: { kind: "not_found" } });
  });

  test("by path is for programs of this machine only", () => {
    const source = fileOf("a.jsonl", rows(1));
    expect(() => startImport(source, undefined, "browser")).toThrow(/may name a path/);
    expect(() => startImport({ kind: "path", path: "a.jsonl" })).toThrow(/no absolute path/);
    expect(list()).toEqual([]);
  });

  test("of an upload removes the upload", async () => {
    const path = join(home, "upload-1");
    writeFileSync(path, rows(2));
    const fileId = randomUUID();
    uploads.set(fileId, { path, name: "Kept name.jsonl", isTemporary: true });
    expect(await importAll({ kind: "file", fileId })).toMatchObject({ name: "Kept name" });
    await library.close();
    expect(existsSync(path)).toBe(false);
  });

  test("waits its turn when two are running, and all come to their end", async () => {
    const sources = Array.from({ length: 5 }, (_, at) => fileOf(`${at}.jsonl`, rows(10, `${at}`)));
    const all = await Promise.all(sources.map((source) => importAll(source)));
    expect(all.map(({ status }) => status)).toEqual(Array(5).fill("ready"));
  });
});

describe("importing the same bytes again", () => {
  test("under the same name gives the dataset that is there", async () => {
    const first = await importAll(fileOf("a.jsonl", rows(5)));
    expect(await startImport(fileOf("a.jsonl", rows(5)))).toEqual(first);
  });
  test("under another name makes a dataset that shares the file", async () => {
    const first = await importAll(fileOf("a.jsonl", rows(5)));
    const second = await importAll(fileOf("a.jsonl", rows(5)), "Other");
    expect(second).toMatchObject({ status: "ready", name: "Other" });
    expect(second.id).not.toBe(first.id);
    expect(stored()).toHaveLength(1);
  });
  test("mends a stored file that is damaged", async () => {
    const first = await importAll(fileOf("a.jsonl", rows(5)));
    truncateSync(library.findReady(first.id).path, 10);
    const asked = { id: first.id, offset: 0, limit: 5 };
    await expect(ask("datasets.preview", asked)).rejects.toThrow(/missing or damaged/);
    const second = await importAll(fileOf("a.jsonl", rows(5)));
    expect(second).toMatchObject({ status: "ready", name: "a (2)" });
    expect(await ask("datasets.preview", asked)).toMatchObject({ total: 5 });
  });
  test("other bytes under a taken name get a number, and are found by it", async () => {
    await importAll(fileOf("a.jsonl", rows(5)));
    const second = await importAll(fileOf("a.jsonl", rows(5, "other")));
    expect(second.name).toBe("a (2)");
    expect(await startImport(fileOf("a.jsonl", rows(5, "other")))).toEqual(second);
  });
  test("the sample is there once, even when asked for twice at once", async () => {
    const [first, second] = await Promise.all([
      startImport({ kind: "sample" }),
      startImport({ kind: "sample" }),
    ]);
    expect(second.id).toBe(first.id);
    await event(({ status }) => status === "ready");
    await ask("datasets.update", { id: first.id, name: "Renamed" });
    expect(await startImport({ kind: "sample" })).toMatchObject({ id: first.id, name: "Renamed" });
  });
});

describe("an import that is cut short", () => {
  /** Reports that it is under way and never ends by itself; its half-written copy lies there. */
  const endless = new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort, workerData } from "node:worker_threads";
      import { writeFileSync } from "node:fs";
      writeFileSync(workerData.dataPath, "half");
      const progress = { bytesRead: 4, bytesTotal: 9, rows: 1, rejected: 0 };
      parentPort.postMessage({ type: "progress", progress, rejections: [] });
      while (true);
    `)}`,
  );
  const underWay = (dataset: Dataset): boolean =>
    dataset.status === "importing" && dataset.progress.bytesRead > 0;

  test("by cancelling is announced once, and nothing is left", async () => {
    await library.close();
    library = open(endless);
    const { id } = await startImport(fileOf("a.jsonl", rows(5)));
    await event(underWay);
    expect(get(id)).toMatchObject({ progress: { bytesRead: 4, rows: 1 } });
    expect(stored()).toEqual([`.importing-${id}`]);
    await ask("datasets.cancelImport", { id });
    expect(stored()).toEqual([]);
    expect(list()).toEqual([]);
    expect(() => get(id)).toThrow(AppError);
    const told = events.filter(({ status }) => status === "rejected");
    expect(told).toMatchObject([{ id, failure: { kind: "cancelled" } }]);
    expect(told[0]?.deletedAt).not.toBeNull();
  });

  test("by cancelling while it waits for its turn is gone as well", async () => {
    await library.close();
    library = open(endless);
    for (const name of ["a", "b"]) await startImport(fileOf(`${name}.jsonl`, rows(5)));
    const { id } = await startImport(fileOf("c.jsonl", rows(5)));
    await ask("datasets.cancelImport", { id });
    expect(list().map(({ name }) => name)).toEqual(["b", "a"]);
  });

  test("by ending LoRA Desk is rejected, and nothing is left but its row", async () => {
    await library.close();
    library = open(endless);
    const { id } = await startImport(fileOf("a.jsonl", rows(5)));
    await event(underWay);
    await library.close();
    expect(get(id)).toMatchObject({ status: "rejected", failure: { kind: "cancelled" } });
    expect(stored()).toEqual([]);
    await expect(startImport(fileOf("b.jsonl", rows(5)))).rejects.toThrow(/is ending/);
  });

  test("by a thread that dies is rejected", async () => {
    await library.close();
    library = open(new URL("data:text/javascript,process.exit(7)"));
    const dataset = await importAll(fileOf("a.jsonl", rows(5)));
    expect(dataset).toMatchObject({ status: "rejected" });
    expect(stored()).toEqual([]);
  });

  test("by a process that was killed is rejected at the next start", async () => {
    const { id } = await importAll(fileOf("a.jsonl", rows(5)));
    const { sha256 } = library.findReady(id);
    await library.close();
    // As the crash between placing the file and the last transaction leaves it.
    store.prepare("UPDATE datasets SET status = 'importing' WHERE id = ?").run(id);
    library = open();
    expect(get(id)).toMatchObject({ status: "rejected", failure: { kind: "cancelled" } });
    expect(stored()).not.toContain(sha256);
  });

  test("after its end cannot be cancelled", async () => {
    const { id } = await importAll(fileOf("a.jsonl", rows(5)));
    await expect(ask("datasets.cancelImport", { id })).rejects.toMatchObject({ kind: "conflict" });
  });
});

describe("renaming, deleting and restoring", () => {
  test("a name is taken only once; a restored dataset gives way", async () => {
    const first = await importAll(fileOf("a.jsonl", rows(5)));
    const second = await importAll(fileOf("b.jsonl", rows(5)));
    expect(() => ask("datasets.update", { id: second.id, name: "a" })).toThrow(/another dataset/);
    await ask("datasets.delete", { id: first.id });
    expect(list().map(({ id }) => id)).toEqual([second.id]);
    expect(
      await ask("datasets.update", { id: second.id, name: "a", description: "d" }),
    ).toMatchObject({
      name: "a",
      description: "d",
    });
    expect(() => ask("datasets.update", { id: first.id, name: "c" })).toThrow(/is deleted/);
    expect(await ask("datasets.restore", { id: first.id })).toMatchObject({
      name: "a (2)",
      deletedAt: null,
    });
    expect(events.at(-1)).toMatchObject({ id: first.id, name: "a (2)" });
  });

  test("a dataset that an unfinished job needs is not deleted", async () => {
    const { id } = await importAll(fileOf("a.jsonl", rows(5)));
    insertJob(id, "running");
    expect(() => ask("datasets.delete", { id })).toThrow(/needed by the job “First try”/);
    store.prepare("UPDATE training_jobs SET status = 'completed'").run();
    expect(await ask("datasets.delete", { id })).toBeNull();
    expect(existsSync(library.findReady(id).path)).toBe(true);
  });

  test("a deleted file is purged after 30 days, its row stays", async () => {
    const { id } = await importAll(fileOf("a.jsonl", rows(5)));
    await ask("datasets.delete", { id });
    await reopenAfter(29);
    expect(stored()).toHaveLength(1);
    await reopenAfter(2);
    expect(stored()).toEqual([]);
    expect(get(id).deletedAt).not.toBeNull();
    expect(() => ask("datasets.restore", { id })).toThrow(/Import a.jsonl again/);
    expect(() => library.findReady(id)).toThrow(AppError);
  });

  test("a deleted file stays while another dataset or a job has need of it", async () => {
    const first = await importAll(fileOf("a.jsonl", rows(5)));
    const second = await importAll(fileOf("b.jsonl", rows(5)));
    await ask("datasets.delete", { id: first.id });
    await reopenAfter(31);
    expect(stored()).toHaveLength(1);
    await ask("datasets.delete", { id: second.id });
    insertJob(first.id, "completed");
    await reopenAfter(31);
    expect(stored()).toHaveLength(1);
    expect(existsSync(library.findReady(first.id).path)).toBe(true);
  });

  async function reopenAfter(days: number): Promise<void> {
    await library.close();
    clock += days * DAY_MS;
    library = open();
  }
});
