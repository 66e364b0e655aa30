import { once } from "node:events";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { KeepLocal } from "../../electron/sync/keep-local.ts";
import type { TransferDesk } from "../../electron/transfers/fixtures/transfer-desk.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { rowsFile, TransferDesks, upload } from "./transfer-desks.ts";

let project: TeamProject;
let desks: TransferDesks;
beforeAll(async () => {
  project = await openTeamProject();
  desks = new TransferDesks(project);
});
afterEach(() => desks.close());
afterAll(() => project.close());

const newRows = (bytes = 1000) => rowsFile(desks.newFolder(), bytes);

async function isStored(sha256: string): Promise<boolean> {
  const place = `${project.owner.id}/${sha256}`;
  const { data } = await project.service.storage.from("lora-datasets").list(place);
  return (data ?? []).length > 0;
}

/** Resolves when nothing of what was to be taken back is known any more. */
const untilTakenBack = (desk: TransferDesk) => desk.until(() => transfersIn(desk).length === 0);
const transfersIn = (desk: TransferDesk) =>
  desk.store.prepare("SELECT id, state FROM transfers").all();
const pathIn = (desk: TransferDesk, id: string) =>
  desk.store.prepare("SELECT storage_path FROM datasets WHERE id = ?").get(id)?.["storage_path"];

test("nothing is uploaded before its row is at the project", async () => {
  const desk = desks.open();
  const dataset = await desk.importFile(newRows(), false);
  desk.transfers.start();
  await desk.turn();
  expect(transfersIn(desk)).toEqual([]);

  new KeepLocal(desk.store).set("datasets", dataset.id, true);
  desk.transfers.look();
  await desk.turn();
  new KeepLocal(desk.store).set("datasets", dataset.id, false);
  desk.transfers.look();
  await desk.turn();
  expect(transfersIn(desk)).toEqual([]);

  desk.store.prepare("DELETE FROM sync_outbox").run();
  desk.transfers.look();
  const { id } = await desk.until(() => desk.list()[0]);
  await desk.untilDone([id]);
  expect(await isStored(dataset.sha256 ?? "")).toBe(true);
});

test("what is kept local leaves the bucket, however often that fails and over a restart", async () => {
  const homePath = desks.newFolder();
  let failures = 0;
  const offline: typeof fetch = (input, init) => {
    if (init?.method !== "DELETE") return fetch(input, init);
    failures += 1;
    return Promise.reject(new TypeError("fetch failed"));
  };
  const before = desks.open({ homePath, fetch: offline });
  const dataset = await before.importFile(newRows(), false);
  before.transfers.start();
  await upload(before, "datasets", dataset.id);
  expect(pathIn(before, dataset.id)).not.toBeNull();

  new KeepLocal(before.store).set("datasets", dataset.id, true);
  before.transfers.look();
  for (const times of [1, 2]) {
    await before.until(
      () => before.log.filter((line) => /Taking .* waits/.test(line)).length >= times,
    );
    before.transfers.wake();
  }
  expect(failures).toBeGreaterThanOrEqual(2);
  expect(before.list()).toEqual([]);
  expect(pathIn(before, dataset.id)).toBeNull();
  await desks.forget(before);
  expect(await isStored(dataset.sha256 ?? "")).toBe(true);

  const after = desks.open({ homePath });
  after.transfers.start();
  await untilTakenBack(after);
  expect(await isStored(dataset.sha256 ?? "")).toBe(false);
  // Kept no longer, it goes to the project like any other.
  new KeepLocal(after.store).set("datasets", dataset.id, false);
  after.store.prepare("DELETE FROM sync_outbox").run();
  after.transfers.look();
  const { id } = await after.until(() => after.list()[0]);
  await after.untilDone([id]);
  expect(await isStored(dataset.sha256 ?? "")).toBe(true);
});

test("an upload under way of what is kept local ends, and leaves nothing", async () => {
  const held = Promise.withResolvers<void>();
  const desk = desks.open({
    fetch: async (input, init) => {
      if (Number(new Headers(init?.headers).get("upload-offset")) > 0) {
        held.resolve();
        await once(init?.signal ?? new EventTarget(), "abort");
      }
      return fetch(input, init);
    },
  });
  const dataset = await desk.importFile(newRows(7_000_000), false);
  desk.transfers.start();
  const place = { table: "datasets", rowId: dataset.id } as const;
  await desk.transfers.requests["transfers.upload"](place, "local");
  await held.promise;
  const url = String(desk.store.prepare("SELECT upload_url FROM transfers").get()?.["upload_url"]);
  new KeepLocal(desk.store).set("datasets", dataset.id, true);
  desk.transfers.look();
  await untilTakenBack(desk);
  const headers = {
    authorization: `Bearer ${project.owner.accessToken}`,
    "tus-resumable": "1.0.0",
  };
  expect((await fetch(url, { method: "HEAD", headers })).status).toBe(404);
  expect(await isStored(dataset.sha256 ?? "")).toBe(false);
});

test("an object that another row names as well stays", async () => {
  const path = newRows();
  const desk = desks.open();
  const dataset = await desk.importFile(path, false);
  desk.transfers.start();
  await upload(desk, "datasets", dataset.id);
  const row = desk.store.prepare("SELECT * FROM datasets").get();
  const { validation_errors: _, sample_data: __, ...plain } = { ...row };
  const twin = {
    ...plain,
    id: crypto.randomUUID(),
    user_id: project.owner.id,
    training_ready: true,
  };
  const { error } = await project.service.from("datasets").insert(twin);
  expect(error).toBeNull();
  new KeepLocal(desk.store).set("datasets", dataset.id, true);
  desk.transfers.look();
  await untilTakenBack(desk);
  expect(await isStored(dataset.sha256 ?? "")).toBe(true);
  expect(pathIn(desk, dataset.id)).toBeNull();
});

test("a deleted dataset's object stays for the 30 days in which it can be restored", async () => {
  const homePath = desks.newFolder();
  const desk = desks.open({ homePath });
  const { id, sha256 } = await desk.importFile(newRows());
  desk.transfers.start();
  await upload(desk, "datasets", id);
  await desk.library.requests["datasets.delete"]({ id }, "local");
  desk.store.prepare("DELETE FROM sync_outbox").run();
  desk.transfers.look();
  await desk.turn();
  await desks.forget(desk);
  expect(await isStored(sha256 ?? "")).toBe(true);

  const inDays = (days: number) => () => new Date(Date.now() + days * 24 * 60 * 60 * 1000);
  const restored = desks.open({ homePath, now: inDays(29) });
  restored.transfers.start();
  await restored.library.requests["datasets.restore"]({ id }, "local");
  restored.transfers.look();
  // So late that another machine's clock might have had it taken back: it is looked at there.
  const stored = "SELECT 1 FROM transfers WHERE state = 'done'";
  await restored.until(() => restored.store.prepare(stored).get());
  await restored.turn();
  await restored.library.requests["datasets.delete"]({ id }, "local");
  await desks.forget(restored);

  const late = desks.open({ homePath, now: inDays(60) });
  late.transfers.start();
  await late.turn();
  // The project has not heard of the deletion yet.
  expect(await isStored(sha256 ?? "")).toBe(true);
  late.store.prepare("DELETE FROM sync_outbox").run();
  late.transfers.look();
  await untilTakenBack(late);
  expect(await isStored(sha256 ?? "")).toBe(false);
});

test("an upload that cannot be planned stands in the list, with words and a way out", async () => {
  const homePath = desks.newFolder();
  const desk = desks.open({ homePath });
  const dataset = await desk.importFile(newRows());
  const path = desk.library.findReady(dataset.id).path;
  renameSync(path, join(homePath, "aside"));
  desk.transfers.start();
  const failed = await desk.until(() => desk.list()[0]);
  expect(failed).toMatchObject({ state: "failed", rowId: dataset.id, fileName: dataset.name });
  expect(failed.error).toMatchObject({ kind: "not_found" });
  expect(failed.error?.message).toMatch(/Put it back, then try again/);
  const again = () => desk.transfers.requests["transfers.resume"]({ id: failed.id }, "local");
  await expect(again()).rejects.toMatchObject({ kind: "not_found" });
  expect(desk.list()).toMatchObject([{ id: failed.id, state: "failed" }]);

  renameSync(join(homePath, "aside"), path);
  await again();
  await desk.untilDone([failed.id]);
  expect(await isStored(dataset.sha256 ?? "")).toBe(true);
});

test("what could not be planned is looked at anew by the next start", async () => {
  const homePath = desks.newFolder();
  const desk = desks.open({ homePath });
  const dataset = await desk.importFile(newRows());
  const path = desk.library.findReady(dataset.id).path;
  const rows = readFileSync(path);
  writeFileSync(path, "no rows");
  desk.transfers.start();
  const failed = await desk.until(() => desk.list()[0]);
  expect(failed.error?.message).toMatch(/is damaged/);
  await desks.forget(desk);
  writeFileSync(path, rows);
  const after = desks.open({ homePath });
  after.transfers.start();
  const { id } = await after.until(() => after.list()[0]);
  await after.untilDone([id]);
});
