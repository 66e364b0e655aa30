import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Dataset } from "../../shared/contract/datasets.ts";
import { pairRows, TestLibrary } from "./fixtures/test-library.ts";

let desk: TestLibrary;
beforeEach(() => {
  desk = new TestLibrary();
});
afterEach(() => desk.close());

/** Imports in a process of its own, which is killed as soon as the import is under way. */
async function importAndDie(task: { home: string; path: string; workerUrl: string }) {
  const script = fileURLToPath(new URL("fixtures/import-in-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  child.kill("SIGKILL");
  expect(String(said)).toContain("under way");
  expect(await ended).toEqual([null, "SIGKILL"]);
}

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
    await desk.reopen({ workerUrl: endless });
    const { id } = await desk.startImport(desk.file("a.jsonl", pairRows(5)));
    await desk.event(underWay);
    expect(await desk.get(id)).toMatchObject({ progress: { bytesRead: 4, rows: 1 } });
    expect(desk.stored()).toEqual([`.importing-${id}`]);
    await desk.ask("datasets.cancelImport", { id });
    expect(desk.stored()).toEqual([]);
    expect(await desk.list()).toEqual([]);
    await expect(desk.get(id)).rejects.toThrow(AppError);
    const told = desk.events.filter(({ status }) => status === "rejected");
    expect(told).toMatchObject([{ id, failure: { kind: "cancelled" } }]);
    expect(told[0]?.deletedAt).not.toBeNull();
  });

  test("by cancelling while it waits for its turn is gone as well", async () => {
    await desk.reopen({ workerUrl: endless });
    for (const name of ["a", "b"]) await desk.startImport(desk.file(`${name}.jsonl`, pairRows(5)));
    const { id } = await desk.startImport(desk.file("c.jsonl", pairRows(5)));
    await desk.ask("datasets.cancelImport", { id });
    const datasets = await desk.list();
    expect(datasets.map(({ name }) => name)).toEqual(["b", "a"]);
  });

  test("by ending LoRA Desk is rejected, and nothing is left but its row", async () => {
    await desk.reopen({ workerUrl: endless });
    const { id } = await desk.startImport(desk.file("a.jsonl", pairRows(5)));
    await desk.event(underWay);
    await desk.library.close();
    expect(await desk.get(id)).toMatchObject({
      status: "rejected",
      failure: { kind: "cancelled" },
    });
    expect(desk.stored()).toEqual([]);
    await expect(desk.startImport(desk.file("b.jsonl", pairRows(5)))).rejects.toThrow(/is ending/);
  });

  test("by a thread that dies is rejected", async () => {
    await desk.reopen({ workerUrl: new URL("data:text/javascript,process.exit(7)") });
    const dataset = await desk.import(desk.file("a.jsonl", pairRows(5)));
    expect(dataset).toMatchObject({ status: "rejected" });
    expect(desk.stored()).toEqual([]);
  });

  test("by killing the process is rejected at the next start, and nothing is left", async () => {
    const { path } = desk.file("a.jsonl", pairRows(5)) as { path: string };
    await importAndDie({ home: desk.home, path, workerUrl: endless.href });
    const [half] = await desk.list();
    expect(half).toMatchObject({ status: "importing", name: "a" });
    expect(desk.stored()).toEqual([`.importing-${half?.id}`]);
    await desk.reopen();
    expect(await desk.list()).toMatchObject([
      { status: "rejected", failure: { kind: "cancelled" } },
    ]);
    expect(desk.stored()).toEqual([]);
  });

  test("by a crash when its file was already in place is rejected at the next start", async () => {
    const { id } = await desk.import(desk.file("a.jsonl", pairRows(5)));
    const { sha256 } = desk.library.findReady(id);
    // As a crash between placing the file and the last transaction leaves it.
    desk.store.prepare("UPDATE datasets SET status = 'importing' WHERE id = ?").run(id);
    await desk.reopen();
    expect(await desk.get(id)).toMatchObject({
      status: "rejected",
      failure: { kind: "cancelled" },
    });
    expect(desk.stored()).not.toContain(sha256);
  });

  test("and begun again has the same name", async () => {
    await desk.reopen({ workerUrl: endless });
    const source = desk.file("a.jsonl", pairRows(5));
    const { id } = await desk.startImport(source);
    await desk.event(underWay);
    await desk.reopen();
    expect(await desk.get(id)).toMatchObject({ status: "rejected", name: "a" });
    expect(await desk.import(source)).toMatchObject({ status: "ready", name: "a" });
  });

  test("after its end cannot be cancelled", async () => {
    const { id } = await desk.import(desk.file("a.jsonl", pairRows(5)));
    await expect(desk.ask("datasets.cancelImport", { id })).rejects.toMatchObject({
      kind: "conflict",
    });
  });
});
