import { randomUUID } from "node:crypto";
import { existsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SyncAccountStore } from "../sync/sync-account-store.ts";
import { pairRows, TestLibrary } from "./fixtures/test-library.ts";

let desk: TestLibrary;
beforeEach(() => {
  desk = new TestLibrary();
});
afterEach(() => desk.close());

describe("an import that is to stay here", () => {
  const kept = () => desk.store.prepare("SELECT table_name, row_id FROM sync_kept_local").all();
  const owed = () => desk.store.prepare("SELECT row_id FROM sync_outbox").all();

  test("is kept from its first moment on, so that nothing of it is ever owed", async () => {
    new SyncAccountStore(desk.store).create(randomUUID(), "http://project.example");
    const source = desk.file("rows.jsonl", pairRows(3));
    const { id } = await desk.ask("datasets.import", { source, keepLocal: true }, "local");
    expect(kept()).toEqual([{ table_name: "datasets", row_id: id }]);
    await desk.event(({ status }) => status === "ready");
    expect(owed()).toEqual([]);
    // The other way round the same file is owed.
    const other = await desk.import(desk.file("other.jsonl", pairRows(4)));
    expect(owed()).toEqual([{ row_id: other.id }]);
  });

  test("is not what is shared already: it becomes a dataset of its own", async () => {
    const source = desk.file("rows.jsonl", pairRows(3));
    const shared = await desk.import(source);
    const begun = await desk.ask("datasets.import", { source, keepLocal: true }, "local");
    expect(begun.id).not.toBe(shared.id);
    await desk.event(({ id, status }) => id === begun.id && status === "ready");
    const again = await desk.ask("datasets.import", { source, keepLocal: true }, "local");
    expect(again.id).toBe(begun.id);
  });

  test("leaves no mark when it is cancelled", async () => {
    const source = desk.file("rows.jsonl", pairRows(50_000));
    const { id } = await desk.ask("datasets.import", { source, keepLocal: true }, "local");
    await desk.ask("datasets.cancelImport", { id });
    expect(kept()).toEqual([]);
  });
});

describe("an import", () => {
  test("makes a ready dataset, with its rows, rejections and file", async () => {
    const source = desk.file(
      "My rows.jsonl",
      `${pairRows(250)}not json\n{"question":"a","answer":""}\n`,
    );
    const started = await desk.startImport(source);
    expect(started).toMatchObject({
      status: "importing",
      name: "My rows",
      fileName: "My rows.jsonl",
    });
    const dataset = await desk.event(({ status }) => status === "ready");
    expect(dataset).toMatchObject({
      id: started.id,
      format: "question_answer",
      statistics: { rows: 250, rejected: 2, duplicates: 0, turns: 500 },
    });
    expect(await desk.get(started.id)).toEqual(dataset);
    expect(await desk.list()).toEqual([dataset]);
    expect(
      await desk.ask("datasets.rejections", { id: dataset.id, offset: 1, limit: 5 }),
    ).toMatchObject({
      total: 2,
      rows: [{ line: 252, reason: "empty_text" }],
    });
    const preview = await desk.ask("datasets.preview", { id: dataset.id, offset: 249, limit: 200 });
    expect(preview).toMatchObject({
      total: 250,
      rows: [{ index: 249, line: 250, turns: [{ text: "Is it 249?" }, { text: "yes" }] }],
    });
    const file = desk.library.findReady(dataset.id);
    expect(file).toMatchObject({ id: dataset.id, name: "My rows", format: "question_answer" });
    expect(existsSync(file.path)).toBe(true);
    expect(desk.stored()).toEqual([file.sha256]);
    const columns = desk.store.prepare("SELECT * FROM datasets").get();
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
    const { id } = await desk.import(desk.file("long.jsonl", `${long}\n{"text":"short"}\n`));
    const { rows: shown } = await desk.ask("datasets.preview", { id, offset: 0, limit: 2 });
    expect(shown).toMatchObject([
      { isCut: true, turns: [{ text: "a".repeat(3999) }] },
      { isCut: false, turns: [{ text: "short" }] },
    ]);
  });

  test.each([
    ["bad.jsonl", "{}\n[]", "invalid_input", 2],
    ["table.csv", "a,b", "unsupported", 0],
  ])("of %s makes a rejected dataset", async (name, content, kind, rejected) => {
    const dataset = await desk.import(desk.file(name, content));
    expect(dataset).toMatchObject({ status: "rejected", failure: { kind } });
    const found = await desk.ask("datasets.rejections", { id: dataset.id, offset: 0, limit: 10 });
    expect([found.total, found.rows.length]).toEqual([rejected, rejected]);
    expect(desk.stored()).toEqual([]);
    expect(() => desk.library.findReady(dataset.id)).toThrow(/was rejected/);
  });

  test("of a file that is not there makes a rejected dataset", async () => {
    const dataset = await desk.import({ kind: "path", path: join(desk.home, "gone.jsonl") });
    expect(dataset).toMatchObject({ status: "rejected", failure: { kind: "not_found" } });
  });

  test("by path is for programs of this machine only", async () => {
    const source = desk.file("a.jsonl", pairRows(1));
    await expect(desk.startImport(source, undefined, "browser")).rejects.toThrow(/may name a path/);
    await expect(desk.startImport({ kind: "path", path: "a.jsonl" })).rejects.toThrow(
      /no absolute path/,
    );
    expect(await desk.list()).toEqual([]);
  });

  test("of an upload removes the upload", async () => {
    const path = join(desk.home, "upload-1");
    writeFileSync(path, pairRows(2));
    const fileId = randomUUID();
    desk.uploads.set(fileId, { path, name: "Kept name.jsonl", isTemporary: true });
    expect(await desk.import({ kind: "file", fileId })).toMatchObject({ name: "Kept name" });
    await desk.library.close();
    expect(existsSync(path)).toBe(false);
  });

  test("waits its turn when two are running, and all come to their end", async () => {
    const sources = Array.from({ length: 5 }, (_, at) =>
      desk.file(`${at}.jsonl`, pairRows(10, `${at}`)),
    );
    const all = await Promise.all(sources.map((source) => desk.import(source)));
    expect(all.map(({ status }) => status)).toEqual(Array(5).fill("ready"));
  });
});

describe("importing the same bytes again", () => {
  test("under the same name gives the dataset that is there", async () => {
    const first = await desk.import(desk.file("a.jsonl", pairRows(5)));
    expect(await desk.startImport(desk.file("a.jsonl", pairRows(5)))).toEqual(first);
  });
  test("under another name makes a dataset that shares the file", async () => {
    const first = await desk.import(desk.file("a.jsonl", pairRows(5)));
    const second = await desk.import(desk.file("a.jsonl", pairRows(5)), "Other");
    expect(second).toMatchObject({ status: "ready", name: "Other" });
    expect(second.id).not.toBe(first.id);
    expect(desk.stored()).toHaveLength(1);
  });
  test("mends a stored file that is damaged", async () => {
    const first = await desk.import(desk.file("a.jsonl", pairRows(5)));
    truncateSync(desk.library.findReady(first.id).path, 10);
    const asked = { id: first.id, offset: 0, limit: 5 };
    await expect(desk.ask("datasets.preview", asked)).rejects.toThrow(/missing or damaged/);
    const second = await desk.import(desk.file("a.jsonl", pairRows(5)));
    expect(second).toMatchObject({ status: "ready", name: "a (2)" });
    expect(await desk.ask("datasets.preview", asked)).toMatchObject({ total: 5 });
  });
  test("other bytes under a taken name get a number, and are found by it", async () => {
    await desk.import(desk.file("a.jsonl", pairRows(5)));
    const second = await desk.import(desk.file("a.jsonl", pairRows(5, "other")));
    expect(second.name).toBe("a (2)");
    expect(await desk.startImport(desk.file("a.jsonl", pairRows(5, "other")))).toEqual(second);
  });
  test("the sample is there once, even when asked for twice at once", async () => {
    const [first, second] = await Promise.all([
      desk.startImport({ kind: "sample" }),
      desk.startImport({ kind: "sample" }),
    ]);
    expect(second.id).toBe(first.id);
    await desk.event(({ status }) => status === "ready");
    await desk.ask("datasets.update", { id: first.id, name: "Renamed" });
    expect(await desk.startImport({ kind: "sample" })).toMatchObject({
      id: first.id,
      name: "Renamed",
    });
  });
});
