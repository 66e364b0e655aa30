import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import { pairRows, TestLibrary } from "./fixtures/test-library.ts";

let desk: TestLibrary;
beforeEach(() => {
  desk = new TestLibrary();
});
afterEach(() => desk.close());

describe("renaming, deleting and restoring", () => {
  test("a name is taken only once; a restored dataset gives way", async () => {
    const first = await desk.import(desk.file("a.jsonl", pairRows(5)));
    const second = await desk.import(desk.file("b.jsonl", pairRows(5)));
    await expect(desk.ask("datasets.update", { id: second.id, name: "a" })).rejects.toThrow(
      /another dataset/,
    );
    await desk.ask("datasets.delete", { id: first.id });
    expect((await desk.list()).map(({ id }) => id)).toEqual([second.id]);
    expect(
      await desk.ask("datasets.update", { id: second.id, name: "a", description: "d" }),
    ).toMatchObject({
      name: "a",
      description: "d",
    });
    await expect(desk.ask("datasets.update", { id: first.id, name: "c" })).rejects.toThrow(
      /is deleted/,
    );
    expect(await desk.ask("datasets.restore", { id: first.id })).toMatchObject({
      name: "a (2)",
      deletedAt: null,
    });
    expect(desk.events.at(-1)).toMatchObject({ id: first.id, name: "a (2)" });
  });

  test("names and descriptions hold nothing that PostgreSQL cannot store", async () => {
    const { id } = await desk.import(desk.file("a.jsonl", pairRows(5)), "a\0b");
    expect(await desk.get(id)).toMatchObject({ name: "a\ufffdb" });
    const texts = { name: "c\0d", description: "e\0\ud800" };
    expect(await desk.ask("datasets.update", { id, ...texts })).toMatchObject({
      name: "c\ufffdd",
      description: "e\ufffd\ufffd",
    });
  });

  test("nor does the name of an upload", async () => {
    const { path } = desk.file("upload", pairRows(5)) as { path: string };
    const fileId = randomUUID();
    desk.uploads.set(fileId, { path, name: "a\0b.jsonl", isTemporary: true });
    expect(await desk.import({ kind: "file", fileId })).toMatchObject({
      name: "a\ufffdb",
      fileName: "a\ufffdb.jsonl",
    });
  });

  test("a dataset that an unfinished job needs is not deleted", async () => {
    const { id } = await desk.import(desk.file("a.jsonl", pairRows(5)));
    desk.insertJob(id, "running");
    await expect(desk.ask("datasets.delete", { id })).rejects.toThrow(
      /needed by the job “First try”/,
    );
    desk.store.prepare("UPDATE training_jobs SET status = 'completed'").run();
    expect(await desk.ask("datasets.delete", { id })).toBeNull();
    expect(existsSync(desk.library.findReady(id).path)).toBe(true);
  });

  test("a deleted file is purged after 30 days, its row stays", async () => {
    const { id } = await desk.import(desk.file("a.jsonl", pairRows(5)));
    await desk.ask("datasets.delete", { id });
    await desk.reopen({ afterDays: 29 });
    expect(desk.stored()).toHaveLength(1);
    await desk.reopen({ afterDays: 2 });
    expect(desk.stored()).toEqual([]);
    expect((await desk.get(id)).deletedAt).not.toBeNull();
    await expect(desk.ask("datasets.restore", { id })).rejects.toThrow(/Import a.jsonl again/);
    expect(() => desk.library.findReady(id)).toThrow(AppError);
  });

  test("a deleted file stays while another dataset or a job has need of it", async () => {
    const first = await desk.import(desk.file("a.jsonl", pairRows(5)));
    const second = await desk.import(desk.file("b.jsonl", pairRows(5)));
    await desk.ask("datasets.delete", { id: first.id });
    await desk.reopen({ afterDays: 31 });
    expect(desk.stored()).toHaveLength(1);
    await desk.ask("datasets.delete", { id: second.id });
    desk.insertJob(first.id, "completed");
    await desk.reopen({ afterDays: 31 });
    expect(desk.stored()).toHaveLength(1);
    expect(existsSync(desk.library.findReady(first.id).path)).toBe(true);
  });
});
