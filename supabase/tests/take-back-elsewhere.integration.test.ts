import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { addJob, set } from "../../electron/sync/fixtures/sync-bench.ts";
import type { TransferDesk } from "../../electron/transfers/fixtures/transfer-desk.ts";
import { newDataset } from "./sample-rows.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { rowsFile, TransferDesks, upload } from "./transfer-desks.ts";

/*
 * A file is one object for all rows and machines of its user. A machine that takes it back after a
 * deletion may have been away for long: the project says who needs it now.
 */
const DAY_MS = 24 * 60 * 60 * 1000;
let project: TeamProject;
let desks: TransferDesks;
beforeAll(async () => {
  project = await openTeamProject();
  desks = new TransferDesks(project);
});
afterEach(() => desks.close());
afterAll(() => project?.close());

async function isStored(sha256: string): Promise<boolean> {
  const place = `${project.owner.id}/${sha256}`;
  const { data } = await project.service.storage.from("lora-datasets").list(place);
  return (data ?? []).length > 0;
}

const inDays = (days: number) => () => new Date(Date.now() + days * DAY_MS);

/** A dataset whose file was uploaded here; the row as the project has it is put there by the test. */
async function uploadedDataset(homePath: string) {
  const desk = desks.open({ homePath });
  const { id } = await desk.importFile(rowsFile(desks.newFolder(), 1000));
  desk.transfers.start();
  await upload(desk, "datasets", id);
  const row = desk.store.prepare("SELECT sha256, storage_path FROM datasets").get() ?? {};
  return { desk, id, sha256: String(row["sha256"]), storagePath: String(row["storage_path"]) };
}

/** Deletes it here, and the project hears of it. */
async function deleteHere(desk: TransferDesk, id: string): Promise<void> {
  await desk.library.requests["datasets.delete"]({ id }, "local");
  desk.store.prepare("DELETE FROM sync_outbox").run();
  await desks.forget(desk);
}

async function insertAtProject(row: object): Promise<void> {
  const { error } = await project.owner.client.from("datasets").insert(row);
  expect(error).toBeNull();
}

const deleted = () => ({ deleted_at: new Date().toISOString() });

async function takeBackLater(homePath: string, days: number): Promise<void> {
  const late = desks.open({ homePath, now: inDays(days) });
  late.transfers.start();
  await late.until(() => late.store.prepare("SELECT 1 FROM transfers").get() === undefined);
}

test("a dataset that another machine has restored keeps its file, also before this one hears of it", async () => {
  const homePath = desks.newFolder();
  const { desk, id, sha256, storagePath } = await uploadedDataset(homePath);
  await insertAtProject({ ...newDataset(), id, sha256, storage_path: storagePath });
  await deleteHere(desk, id);
  await takeBackLater(homePath, 31);
  expect(await isStored(sha256)).toBe(true);
});

test("a file of which another machine has just begun the upload stays", async () => {
  const homePath = desks.newFolder();
  const { desk, id, sha256, storagePath } = await uploadedDataset(homePath);
  await insertAtProject({ ...newDataset(), id, sha256, storage_path: storagePath, ...deleted() });
  await insertAtProject({ ...newDataset(), id: randomUUID(), sha256, storage_path: null });
  await deleteHere(desk, id);
  await takeBackLater(homePath, 31);
  expect(await isStored(sha256)).toBe(true);
});

test("where the project has the row as deleted, and no other needs the file, it goes", async () => {
  const homePath = desks.newFolder();
  const { desk, id, sha256, storagePath } = await uploadedDataset(homePath);
  await insertAtProject({ ...newDataset(), id, sha256, storage_path: storagePath, ...deleted() });
  await deleteHere(desk, id);
  await takeBackLater(homePath, 31);
  expect(await isStored(sha256)).toBe(false);
});

test.each([
  ["here", 28],
  ["elsewhere", 40],
])(
  "a dataset that was uploaded %s and is restored after %i days is stored anew",
  async (where, days) => {
    const homePath = desks.newFolder();
    const { desk, id, sha256, storagePath } = await uploadedDataset(homePath);
    // The file stays here for as long as a job may resume with it.
    set(desk.store, "training_jobs", addJob(desk.store, id), "status", "completed");
    if (where === "elsewhere") desk.store.prepare("DELETE FROM transfers").run();
    await deleteHere(desk, id);
    // Another machine, whose clock is ahead, has taken it back.
    await project.service.storage.from("lora-datasets").remove([storagePath]);

    const late = desks.open({ homePath, now: inDays(days) });
    late.transfers.start();
    await late.library.requests["datasets.restore"]({ id }, "local");
    const owed = late.store.prepare("SELECT columns FROM sync_outbox").get()?.["columns"];
    expect(JSON.parse(String(owed)).toSorted()).toEqual(["deleted_at", "storage_path"]);
    late.transfers.look();
    await late.until(
      () => late.store.prepare("SELECT storage_path AS at FROM datasets").get()?.["at"] !== null,
    );
    expect(await isStored(sha256)).toBe(true);
  },
);
