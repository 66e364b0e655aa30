import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TeamSession } from "../../electron/sync/team-session.ts";
import type { TransferDesk } from "../../electron/transfers/fixtures/transfer-desk.ts";
import { writeTrainedAdapter } from "../../electron/transfers/fixtures/trained-adapter.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { rowsFile, sha256, storedObject, TransferDesks, upload } from "./transfer-desks.ts";

let project: TeamProject;
let desks: TransferDesks;
beforeAll(async () => {
  project = await openTeamProject({ projectMaxBytes: 20 * 1024 * 1024 });
  desks = new TransferDesks(project);
});
afterEach(() => desks.close());
afterAll(() => project.close());

/** The row of a desk's dataset as the push would bring it to the project. */
async function pushDataset(desk: TransferDesk, id: string, userId: string) {
  const row = desk.store.prepare("SELECT * FROM datasets WHERE id = ?").get(id);
  const { validation_errors: _, sample_data: __, ...plain } = { ...row };
  const sent = { ...plain, user_id: userId, training_ready: true };
  const { error } = await project.service.from("datasets").insert(sent);
  if (error !== null) throw error;
}

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

test("a dataset of another machine stands among one's own, with its id and name", async () => {
  const one = desks.open();
  const dataset = await one.importFile(
    rowsFile(desks.newFolder(), 3_000_000, "Fragen, üben.jsonl"),
  );
  one.transfers.start();
  await upload(one, "datasets", dataset.id);
  await pushDataset(one, dataset.id, project.owner.id);

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

/** An adapter of a job that has ended, with its files, as one machine has it. */
async function addAdapter(desk: TransferDesk, homePath: string, files: Record<string, Buffer>) {
  const { id: datasetId } = await desk.importFile(rowsFile(desks.newFolder(), 20_000));
  const listed = Object.entries(files).map(([name, bytes]) => ({ name, bytes: bytes.length }));
  const userId = project.owner.id;
  const adapter = writeTrainedAdapter(desk.store, { homePath, userId, datasetId, files: listed });
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(adapter.adapterPath, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return adapter;
}

test("an adapter goes to the project file by file and comes back whole elsewhere", async () => {
  const files = {
    "adapter_model.safetensors": randomBytes(7_000_000),
    "adapter_config.json": Buffer.from("{}"),
    "notes/so, ähnlich.md": Buffer.from("# Adapter\n"),
    empty: Buffer.alloc(0),
  };
  const homePath = desks.newFolder();
  const one = desks.open({ homePath });
  const { artifact, job, dataset } = await addAdapter(one, homePath, files);
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

test("a pause lasts over a restart, and a resume goes on from the bytes that are there", async () => {
  const homePath = desks.newFolder();
  const third = 2 * 6 * 1024 * 1024;
  const sentAt: number[] = [];
  const counting: typeof fetch = (input, init) => {
    if (init?.method === "PATCH") {
      sentAt.push(Number(new Headers(init.headers).get("upload-offset")));
    }
    return fetch(input, init);
  };
  const before = desks.open({
    homePath,
    // The third chunk does not get away.
    fetch: async (input, init) => {
      if (new Headers(init?.headers).get("upload-offset") === String(third)) {
        await once(init?.signal ?? new EventTarget(), "abort");
      }
      return counting(input, init);
    },
  });
  const dataset = await before.importFile(rowsFile(desks.newFolder(), 19_000_000));
  before.transfers.start();
  const { id } = await before.until(() =>
    before.list().find((one) => one.state === "moving" && one.bytesDone === third),
  );
  await before.transfers.requests["transfers.pause"]({ id }, "local");
  expect(before.find(id)).toMatchObject({ state: "paused", bytesDone: third });
  await desks.forget(before);

  const after = desks.open({ homePath, fetch: counting });
  after.transfers.start();
  expect(after.find(id)?.state).toBe("paused");
  await after.transfers.requests["transfers.resume"]({ id }, "local");
  await after.untilDone([id]);
  // The stopped one was turned back before a byte of it left.
  expect(new Set(sentAt)).toEqual(new Set([0, third / 2, third, third + third / 2]));
  const place = `${project.owner.id}/${dataset.sha256}/data.jsonl`;
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

test("a token that has run out is replaced, and an ended session waits for the next", async () => {
  const asked: (string | undefined)[] = [];
  let isSignedIn = true;
  const session: TeamSession = {
    ...desks.sessionOf(project.owner),
    accessToken: (_signal, refused) => {
      asked.push(refused);
      return Promise.resolve(
        refused === undefined || !isSignedIn ? "not.a.token" : project.owner.accessToken,
      );
    },
  };
  const desk = desks.open({ session });
  const first = await desk.importFile(rowsFile(desks.newFolder(), 1000));
  desk.transfers.start();
  await upload(desk, "datasets", first.id);
  expect(asked).toContain("not.a.token");

  isSignedIn = false;
  const second = await desk.importFile(rowsFile(desks.newFolder(), 1000));
  desk.transfers.look();
  const waiting = await desk.until(() =>
    desk.list().find(({ state, error }) => state === "waiting" && error !== null),
  );
  expect(waiting).toMatchObject({ state: "waiting", rowId: second.id });
  expect(waiting.error?.message).toMatch(/Sign in again/);
  isSignedIn = true;
  desk.transfers.wake();
  await desk.untilDone([waiting.id]);
});

test("an upload that goes on with a token that has run out sends no byte twice", async () => {
  const homePath = desks.newFolder();
  const offsets: (string | null)[] = [];
  const third = String(2 * 6 * 1024 * 1024);
  const watched: typeof fetch = async (input, init) => {
    if (init?.method === "POST") offsets.push("begun");
    if (init?.method !== "PATCH") return fetch(input, init);
    const offset = new Headers(init.headers).get("upload-offset");
    if (offset === third && !offsets.includes("restart")) {
      await once(init.signal ?? new EventTarget(), "abort");
    }
    const answer = await fetch(input, init);
    if (answer.ok) offsets.push(offset);
    return answer;
  };
  const before = desks.open({ homePath, fetch: watched });
  await before.importFile(rowsFile(desks.newFolder(), 14_000_000));
  before.transfers.start();
  const { id } = await before.until(() =>
    before.list().find(({ bytesDone }) => String(bytesDone) === third),
  );
  await desks.forget(before);

  offsets.push("restart");
  const session: TeamSession = {
    ...desks.sessionOf(project.owner),
    accessToken: (_signal, refused) =>
      Promise.resolve(refused === undefined ? "not.a.token" : project.owner.accessToken),
  };
  const after = desks.open({ homePath, session, fetch: watched });
  after.transfers.start();
  await after.untilDone([id]);
  expect(offsets).toEqual(["begun", "0", String(Number(third) / 2), "restart", third]);
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

test("trying again after a file was replaced stores it as it is now", async () => {
  const homePath = desks.newFolder();
  const desk = desks.open({ homePath, isPausedAtStart: true });
  const files = {
    "adapter_model.safetensors": randomBytes(1000),
    "adapter_config.json": Buffer.from("{}"),
  };
  const { artifact, adapterPath } = await addAdapter(desk, homePath, files);
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

test("trying a download again looks where the file is stored now", async () => {
  const one = desks.open();
  const dataset = await one.importFile(rowsFile(desks.newFolder(), 1000));
  one.transfers.start();
  await upload(one, "datasets", dataset.id);
  await pushDataset(one, dataset.id, project.owner.id);
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

test("an upload that the project will not go on with, whoever asks, is begun anew", async () => {
  const homePath = desks.newFolder();
  const held = Promise.withResolvers<void>();
  const before = desks.open({
    homePath,
    fetch: async (input, init) => {
      if (Number(new Headers(init?.headers).get("upload-offset")) > 0) {
        held.resolve();
        await once(init?.signal ?? new EventTarget(), "abort");
      }
      return fetch(input, init);
    },
  });
  const dataset = await before.importFile(rowsFile(desks.newFolder(), 7_000_000));
  before.transfers.start();
  await held.promise;
  await desks.forget(before);

  const heads: string[] = [];
  const after = desks.open({
    homePath,
    fetch: (input, init) => {
      if (init?.method !== "HEAD") return fetch(input, init);
      heads.push(new Headers(init.headers).get("authorization") ?? "");
      return Promise.resolve(new Response(null, { status: 403 }));
    },
  });
  after.transfers.start();
  const { id } = await after.until(() => after.list()[0]);
  await after.untilDone([id]);
  // Once more with a token that was asked for anew, and no oftener.
  expect(heads).toHaveLength(2);
  const place = `${project.owner.id}/${dataset.sha256}/data.jsonl`;
  expect(sha256(await storedObject(project.owner, "lora-datasets", place))).toBe(dataset.sha256);
});
