import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Core } from "../../electron/core.ts";
import { openTransferDesk } from "../../electron/transfers/fixtures/transfer-desk.ts";
import { ScratchDesk } from "./core-with-accounts.ts";
import { sessionOf } from "./elsewhere-machine.ts";
import { ADAPTER_FILES, storeAdapter } from "./store-adapter.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { call, createTeam, newUser, type NewUser } from "./team-sharing.ts";

/* A colleague's adapter on this machine: no table shows its rows, and it is downloaded all the same. */

let project: TeamProject;
let desk: ScratchDesk | null = null;
const folders: string[] = [];

beforeAll(async () => {
  project = await openTeamProject();
});
afterEach(async () => {
  await desk?.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
afterAll(() => project?.close());

async function openFor(user: NewUser): Promise<Core> {
  desk = new ScratchDesk();
  const core = await desk.open();
  await signIn(core.client, user);
  return core;
}

async function signIn(client: Core["client"], user: NewUser): Promise<void> {
  await client.request("accounts.signIn", {
    url: project.stack.apiUrl,
    anonKey: project.stack.publishableKey,
    email: user.email,
    password: "a long password",
    adoptLocal: false,
  });
}

test.each([
  ["", false],
  [", though its dataset was deleted", true],
])(
  "a colleague downloads a shared adapter: it stands here with its job, and is not sent%s",
  async (_, isDeleted) => {
    const [owner, colleague] = await Promise.all([newUser(project), newUser(project)]);
    const { artifact, job, dataset } = await storeAdapter(project, owner);
    if (isDeleted) {
      const change = { deleted_at: new Date().toISOString() };
      await owner.client.from("datasets").update(change).eq("id", dataset.id);
    }
    const teamId = await createTeam(owner, colleague);
    await call(owner.client, "share_job", { job_id: job.id, team_id: teamId });
    const { client } = await openFor(colleague);

    const download = (table: "datasets" | "model_artifacts", rowId: string) =>
      client.request("transfers.download", { table, rowId });
    const elsewhere = () => client.request("elsewhere.list", {});
    await expect
      .poll(async () => (await elsewhere()).artifacts.map(({ id }) => id), { timeout: 30_000 })
      .toEqual([artifact.id]);
    expect((await elsewhere()).datasets).toHaveLength(isDeleted ? 0 : 1);
    await expect(download("datasets", dataset.id)).rejects.toMatchObject({
      kind: "forbidden",
      message: /stay with the colleague/,
    });

    const came = Promise.withResolvers<{ id: string; status: string }>();
    const gone = Promise.withResolvers<void>();
    const failed = Promise.withResolvers<never>();
    client.subscribe("jobs.changed", came.resolve);
    client.subscribe("elsewhere.changed", () => {
      elsewhere().then(({ jobs }) => jobs.length === 0 && gone.resolve(), gone.reject);
    });
    client.subscribe("transfers.changed", ({ state, error }) => {
      if (state === "failed") failed.reject(new Error(error?.message));
    });
    await download("model_artifacts", artifact.id);
    const told = await Promise.race([came.promise, failed.promise]);
    expect(told).toMatchObject({ id: job.id, status: "completed" });
    await gone.promise;
    const [kept] = await client.request("artifacts.list", {});
    expect(kept).toMatchObject({ id: artifact.id, jobId: job.id });
    for (const [name, bytes] of Object.entries(ADAPTER_FILES)) {
      expect(readFileSync(join(kept?.path ?? "", name)).equals(bytes)).toBe(true);
    }
    expect(await client.request("sync.status", {})).toMatchObject({
      counts: { synced: 0, waiting: 0, attention: 0, keptLocal: 0, ofColleagues: 3 },
    });
    // Nor is there a place to choose for what is a colleague's.
    const { jobsOfColleagues } = await client.request("sync.keptLocal", {});
    expect(jobsOfColleagues).toEqual([job.id]);
  },
);

test("a downloaded dataset is told to be here, and is not among those of other machines any more", async () => {
  const owner = await newUser(project);
  const homePath = mkdtempSync(join(tmpdir(), "lora-desk-shared-adapter-"));
  folders.push(homePath);
  const machine = openTransferDesk({ homePath, session: sessionOf(project, owner) });
  const rowsPath = join(homePath, "rows.jsonl");
  writeFileSync(rowsPath, `${JSON.stringify({ prompt: "a", completion: "b" })}\n`);
  const { id } = await machine.importFile(rowsPath);
  machine.transfers.start();
  const place = { table: "datasets", rowId: id } as const;
  const begun = await machine.transfers.requests["transfers.upload"](place, "local");
  await machine.untilDone(begun.map((transfer) => transfer.id));
  const {
    user_id: _,
    sample_data: __,
    validation_errors: ___,
    ...row
  } = {
    ...machine.store.prepare("SELECT * FROM datasets").get(),
  };
  await machine.close();
  const { error } = await project.service
    .from("datasets")
    .insert({ ...row, training_ready: true, user_id: owner.id } as never);
  expect(error).toBeNull();

  const { client } = await openFor(owner);
  const listed = async () =>
    (await client.request("elsewhere.list", {})).datasets.map((one) => one.id);
  await expect.poll(listed, { timeout: 30_000 }).toEqual([id]);
  let isTold = false;
  const done = Promise.withResolvers<boolean>();
  client.subscribe("elsewhere.changed", () => (isTold = true));
  client.subscribe("transfers.changed", ({ state, error }) => {
    if (state === "done") done.resolve(isTold);
    if (state === "failed") done.reject(new Error(error?.message));
  });
  await client.request("transfers.download", place);
  // Told of by the download itself, not by a later round of sync.
  expect(await done.promise).toBe(true);
  expect(await listed()).toEqual([]);
});

test("deleting the copy of one's own adapter takes away the copy alone, and it can be fetched again", async () => {
  const owner = await newUser(project);
  const { artifact, job, dataset } = await storeAdapter(project, owner);
  const { client } = await openFor(owner);
  const elsewhere = async () =>
    (await client.request("elsewhere.list", {})).jobs.map(({ id }) => id);
  const here = async () => (await client.request("jobs.list", {})).map(({ id }) => id);
  const atProject = async () => {
    const { data } = await project.service.from("training_jobs").select("id").eq("id", job.id);
    return data;
  };

  for (const round of ["first", "again"]) {
    await expect.poll(elsewhere, { timeout: 30_000 }).toEqual([job.id]);
    await client.request("transfers.download", { table: "model_artifacts", rowId: artifact.id });
    await expect.poll(here, { timeout: 30_000, message: round }).toEqual([job.id]);
    const [kept] = await client.request("artifacts.list", {});
    expect(readFileSync(join(kept?.path ?? "", "adapter_config.json"), "utf8")).toBe("{}");
    expect(await client.request("jobs.deletion", { id: job.id })).toEqual({
      reach: "copy",
      workstation: job.workstation,
      isInProject: true,
    });

    const told = Promise.withResolvers<void>();
    const end = client.subscribe("elsewhere.changed", () => told.resolve());
    await client.request("jobs.delete", { id: job.id });
    await told.promise;
    end();
    expect([await here(), await elsewhere()]).toEqual([[], [job.id]]);
    expect(existsSync(kept?.path ?? "")).toBe(false);
    expect(await client.request("sync.status", {})).toMatchObject({
      counts: { synced: 0, waiting: 0, attention: 0, keptLocal: 0 },
    });
    await client.request("sync.now", {});
    expect(await atProject()).toEqual([{ id: job.id }]);
  }
  const { datasets } = await client.request("elsewhere.list", {});
  expect(datasets.map(({ id }) => id)).toEqual([dataset.id]);
});

test("two accounts of one machine have the same adapter, and neither deletes the other's", async () => {
  const [owner, colleague] = await Promise.all([newUser(project), newUser(project)]);
  const { artifact, job } = await storeAdapter(project, owner);
  const teamId = await createTeam(owner, colleague);
  await call(owner.client, "share_job", { job_id: job.id, team_id: teamId });
  const { client } = await openFor(owner);

  const fetched = async (): Promise<string> => {
    const elsewhere = async () => (await client.request("elsewhere.list", {})).jobs.length;
    await expect.poll(elsewhere, { timeout: 30_000 }).toBe(1);
    await client.request("transfers.download", { table: "model_artifacts", rowId: artifact.id });
    const paths = async () => (await client.request("artifacts.list", {})).map(({ path }) => path);
    await expect.poll(async () => (await paths()).length, { timeout: 30_000 }).toBe(1);
    return (await paths())[0] ?? "";
  };
  const first = await fetched();
  await signIn(client, colleague);
  const second = await fetched();
  expect(dirname(second)).toBe(dirname(first));
  await client.request("jobs.delete", { id: job.id });
  expect([existsSync(first), existsSync(second)]).toEqual([true, false]);

  const again = await fetched();
  await signIn(client, owner);
  await client.request("jobs.delete", { id: job.id });
  expect([existsSync(first), existsSync(again)]).toEqual([false, true]);
  await signIn(client, colleague);
  await client.request("jobs.delete", { id: job.id });
  expect(existsSync(dirname(first))).toBe(false);
});
