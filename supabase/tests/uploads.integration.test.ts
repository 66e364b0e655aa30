import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { rowsFile, sha256, storedObject, TransferDesks, upload } from "./transfer-desks.ts";
import { addAdapter } from "./transfer-rows.ts";

let project: TeamProject;
let desks: TransferDesks;
beforeAll(async () => {
  project = await openTeamProject({ projectMaxBytes: 20 * 1024 * 1024 });
  desks = new TransferDesks(project);
});
afterEach(() => desks.close());
afterAll(() => project.close());

test("a new dataset uploads itself, is read back, and its row says where it is", async () => {
  const desk = desks.open();
  const path = rowsFile(desks.newFolder(), 14_000_000);
  const dataset = await desk.importFile(path);
  desk.transfers.start();
  const { id } = await desk.until(() => desk.list()[0]);
  await desk.untilDone([id]);

  const place = `${project.owner.id}/${dataset.sha256}/data.jsonl`;
  expect(sha256(await storedObject(project.owner, "lora-datasets", place))).toBe(
    sha256(readFileSync(path)),
  );
  const row = desk.store.prepare("SELECT storage_path FROM datasets").get();
  expect(row?.["storage_path"]).toBe(place);
  const outbox = desk.store.prepare("SELECT table_name, row_id FROM sync_outbox").all();
  expect(outbox).toEqual([{ table_name: "datasets", row_id: dataset.id }]);
  expect(desk.find(id)).toMatchObject({ state: "done", bytesDone: dataset.fileSizeBytes });
  const states = desk.seen
    .filter(({ topic }) => topic === "transfers.changed")
    .map(({ data }) => (data as { state: string }).state);
  expect([...new Set(states)]).toEqual(["waiting", "moving", "verifying", "done"]);
  expect(desk.log.join("\n")).not.toContain(project.owner.accessToken);
});

test("bytes that are stored already are not sent again", async () => {
  const path = rowsFile(desks.newFolder(), 1_000_000);
  const first = desks.open();
  first.transfers.start();
  await upload(first, "datasets", (await first.importFile(path)).id);
  const asked = new Set<string | undefined>();
  const second = desks.open({
    fetch: (input, init) => {
      asked.add(init?.method);
      return fetch(input, init);
    },
  });
  second.transfers.start();
  await upload(second, "datasets", (await second.importFile(path)).id);
  expect(asked).toEqual(new Set(["OPTIONS", "GET"]));
});

test("what is larger than the project takes is refused in words before a byte is sent", async () => {
  let sent = 0;
  const desk = desks.open({
    fetch: (input, init) => {
      if (init?.method === "PATCH") sent += 1;
      return fetch(input, init);
    },
  });
  const dataset = await desk.importFile(rowsFile(desks.newFolder(), 21 * 1024 * 1024));
  desk.transfers.start();
  const failed = await desk.until(() => desk.list().find(({ state }) => state === "failed"));
  expect(failed.error).toMatchObject({ kind: "unsupported" });
  expect(failed.error?.message).toMatch(/project's own limit|this project takes files of up to/);
  expect([sent, failed.rowId]).toEqual([0, dataset.id]);
});

test("a damaged copy at the project is found, removed and sent again", async () => {
  const desk = desks.open();
  const path = rowsFile(desks.newFolder(), 100_000);
  const dataset = await desk.importFile(path);
  const place = `${project.owner.id}/${dataset.sha256}/data.jsonl`;
  const damaged = readFileSync(path);
  damaged[5000] = 1 + (damaged[5000] ?? 0);
  await project.owner.client.storage
    .from("lora-datasets")
    .upload(place, damaged, { contentType: "application/x-jsonlines" });
  desk.transfers.start();
  await upload(desk, "datasets", dataset.id);
  expect(sha256(await storedObject(project.owner, "lora-datasets", place))).toBe(dataset.sha256);
});

test("what is cancelled does not begin again by itself, but when it is asked for", async () => {
  const homePath = desks.newFolder();
  const desk = desks.open({ homePath, isPausedAtStart: true });
  const dataset = await desk.importFile(rowsFile(desks.newFolder(), 1000));
  desk.transfers.start();
  const { id } = await desk.until(() => desk.list()[0]);
  await desk.transfers.requests["transfers.cancel"]({ id }, "local");
  await desks.forget(desk);

  const again = desks.open({ homePath });
  again.transfers.start();
  again.transfers.look();
  expect(again.list()).toEqual([]);
  await upload(again, "datasets", dataset.id);
  expect(readdirSync(join(homePath, "datasets"))).toEqual([dataset.sha256]);
});

test("trying again after a file was replaced stores it as it is now", async () => {
  const homePath = desks.newFolder();
  const desk = desks.open({ homePath, isPausedAtStart: true });
  const files = {
    "adapter_model.safetensors": randomBytes(1000),
    "adapter_config.json": Buffer.from("{}"),
  };
  const { artifact, adapterPath } = await addAdapter(desk, { desks, project, homePath, files });
  desk.transfers.start();
  await desk.until(() => desk.list().some(({ rowId }) => rowId === artifact.id));
  await desk.turn();
  const replaced = Buffer.from('{"r": 16}');
  writeFileSync(join(adapterPath, "adapter_config.json"), replaced);
  await desk.transfers.setPaused(false);
  const failed = await desk.until(() => desk.list().find(({ state }) => state === "failed"));
  expect(failed.error).toMatchObject({ kind: "conflict" });
  await desk.transfers.requests["transfers.resume"]({ id: failed.id }, "local");
  await desk.until(() =>
    desk
      .list()
      .filter(({ rowId }) => rowId === artifact.id)
      .every(({ state }) => state === "done"),
  );
  expect(desk.find(failed.id)?.state).toBe("done");
  const { storage_path } = {
    ...desk.store.prepare("SELECT storage_path FROM model_artifacts").get(),
  };
  const place = String(storage_path).replace(/[^/]+$/, "adapter_config.json");
  expect(await storedObject(project.owner, "lora-models", place)).toEqual(replaced);
});
