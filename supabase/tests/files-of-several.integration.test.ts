import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { writeTrainedAdapter } from "../../electron/transfers/fixtures/trained-adapter.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { rowsFile, sha256, storedObject, TransferDesks, upload } from "./transfer-desks.ts";
import { addAdapter, pushDataset } from "./transfer-rows.ts";

let project: TeamProject;
let desks: TransferDesks;
beforeAll(async () => {
  project = await openTeamProject({ projectMaxBytes: 20 * 1024 * 1024 });
  desks = new TransferDesks(project);
});
afterEach(() => desks.close());
afterAll(() => project.close());

test("a dataset of another machine stands among one's own, with its id and name", async () => {
  const one = desks.open();
  const dataset = await one.importFile(
    rowsFile(desks.newFolder(), 3_000_000, "Fragen, üben.jsonl"),
  );
  one.transfers.start();
  await upload(one, "datasets", dataset.id);
  await pushDataset(project, one, dataset.id);

  const other = desks.open();
  other.transfers.start();
  const place = { table: "datasets", rowId: dataset.id } as const;
  const begun = await other.transfers.requests["transfers.download"](place, "local");
  await other.untilDone(begun.map(({ id }) => id));
  const kept = other.library.requests["datasets.list"]({}, "local") as object[];
  expect(kept).toMatchObject([
    { id: dataset.id, name: dataset.name, sha256: dataset.sha256, statistics: dataset.statistics },
  ]);
  expect(sha256(readFileSync(other.library.findReady(dataset.id).path))).toBe(dataset.sha256);
  // It came from the project: nothing is owed to it, and nothing is uploaded again.
  expect(other.store.prepare("SELECT * FROM sync_outbox").all()).toEqual([]);
  other.transfers.look();
  await expect(
    other.transfers.requests["transfers.download"](place, "local"),
  ).rejects.toMatchObject({ kind: "conflict" });
  expect(other.list()).toHaveLength(1);
});

test("an adapter goes to the project file by file and comes back whole elsewhere", async () => {
  const files = {
    "adapter_model.safetensors": randomBytes(7_000_000),
    "adapter_config.json": Buffer.from("{}"),
    "notes/so, ähnlich.md": Buffer.from("# Adapter\n"),
    empty: Buffer.alloc(0),
  };
  const homePath = desks.newFolder();
  const one = desks.open({ homePath });
  const { artifact, job, dataset } = await addAdapter(one, { desks, project, homePath, files });
  one.transfers.start();
  const begun = await upload(one, "model_artifacts", artifact.id);
  expect(begun).toHaveLength(5);
  const { storage_path } = { ...one.store.prepare("SELECT * FROM model_artifacts").get() };
  expect(storage_path).toMatch(
    new RegExp(`^${project.owner.id}/[0-9a-f]{64}/lora-desk-manifest.json$`),
  );
  const { service } = project;
  const rows: [string, object][] = [
    ["datasets", dataset],
    ["training_jobs", job],
    ["model_artifacts", { ...artifact, storage_path, status: "stored" }],
  ];
  for (const [table, row] of rows) {
    const { error } = await service.from(table).insert(row as never);
    expect(error).toBeNull();
  }

  const other = desks.open();
  other.transfers.start();
  const place = { table: "model_artifacts", rowId: artifact.id } as const;
  const [manifest] = await other.transfers.requests["transfers.download"](place, "local");
  await other.untilDone([manifest?.id ?? ""]);
  const kept = other.artifacts.find(artifact.id);
  expect(kept).toMatchObject({ id: artifact.id, jobId: job.id, baseModelName: job.base_model });
  for (const [name, bytes] of Object.entries(files)) {
    expect(sha256(readFileSync(join(kept?.path ?? "", name)))).toBe(sha256(bytes));
  }
  expect(other.list().map(({ state }) => state)).toEqual(Array(5).fill("done"));
  // The job's dataset is known by its row alone, and can be fetched as well.
  expect(other.library.requests["datasets.list"]({}, "local")).toEqual([]);
  expect(other.store.prepare("SELECT * FROM sync_outbox").all()).toEqual([]);
});

test("two machines of one user may store the same file at once", async () => {
  const path = rowsFile(desks.newFolder(), 8_000_000);
  const both = [desks.open(), desks.open()];
  const imported = await Promise.all(both.map((desk) => desk.importFile(path)));
  for (const desk of both) desk.transfers.start();
  const ids = await Promise.all(
    both.map((desk) => desk.until(() => desk.list()[0]).then(({ id }) => id)),
  );
  // Whoever was turned away by the other's bytes looks again.
  for (const [index, desk] of both.entries()) await desk.untilDone([ids[index] ?? ""]);
  const hash = imported[0]?.sha256 ?? "";
  const place = `${project.owner.id}/${hash}/data.jsonl`;
  expect(sha256(await storedObject(project.owner, "lora-datasets", place))).toBe(hash);
});

test("two accounts of one data folder move the same files at once", async () => {
  const homePath = desks.newFolder();
  const users = [project.owner, project.other];
  const both = users.map((user, index) =>
    desks.open({ homePath, session: desks.sessionOf(user), fileName: `account-${index}.db` }),
  );
  const files = { "adapter_model.safetensors": randomBytes(300_000) };
  const path = rowsFile(desks.newFolder(), 300_000);
  const placed = [];
  for (const [index, desk] of both.entries()) {
    const userId = users[index]?.id ?? "";
    const dataset = await desk.importFile(path);
    const listed = Object.entries(files).map(([name, bytes]) => ({ name, bytes: bytes.length }));
    const about = { homePath, userId, datasetId: dataset.id, files: listed };
    const { artifact, adapterPath } = writeTrainedAdapter(desk.store, about);
    mkdirSync(adapterPath, { recursive: true });
    for (const [name, bytes] of Object.entries(files))
      writeFileSync(join(adapterPath, name), bytes);
    placed.push({ dataset, artifact });
  }
  for (const desk of both) desk.transfers.start();
  for (const [index, desk] of both.entries()) {
    const mineToMove = placed[index];
    const rows = [mineToMove?.dataset.id, mineToMove?.artifact.id];
    await desk.until(() => {
      const mine = desk.list().filter(({ rowId }) => rows.includes(rowId));
      const failed = mine.find(({ state }) => state === "failed");
      if (failed !== undefined) throw new Error(failed.error?.message);
      return mine.length === 3 && mine.every(({ state }) => state === "done");
    });
    const { storage_path } = { ...desk.store.prepare("SELECT storage_path FROM datasets").get() };
    expect(storage_path).toBe(`${users[index]?.id}/${mineToMove?.dataset.sha256}/data.jsonl`);
  }
  for (const desk of both) await desks.forget(desk);
  expect(readdirSync(join(homePath, "transfers"))).toEqual([]);
});

test("trying a download again looks where the file is stored now", async () => {
  const one = desks.open();
  const dataset = await one.importFile(rowsFile(desks.newFolder(), 1000));
  one.transfers.start();
  await upload(one, "datasets", dataset.id);
  await pushDataset(project, one, dataset.id);
  const place = `${project.owner.id}/${dataset.sha256}/data.jsonl`;
  const move = (storage_path: string) =>
    project.service.from("datasets").update({ storage_path }).eq("id", dataset.id);
  expect((await move(place.replace(/jsonl$/, "json"))).error).toBeNull();

  const other = desks.open();
  other.transfers.start();
  const wanted = { table: "datasets", rowId: dataset.id } as const;
  await other.transfers.requests["transfers.download"](wanted, "local");
  const failed = await other.until(() => other.list().find(({ state }) => state === "failed"));
  expect(failed.error).toMatchObject({ kind: "not_found" });
  expect((await move(place)).error).toBeNull();
  await other.transfers.requests["transfers.resume"]({ id: failed.id }, "local");
  await other.until(() => other.list().every(({ state }) => state === "done"));
  expect(other.library.requests["datasets.list"]({}, "local")).toMatchObject([{ id: dataset.id }]);
});
