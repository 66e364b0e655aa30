import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { databasePath } from "../../electron/accounts/account-paths.ts";
import type { Core } from "../../electron/core.ts";
import { openStore } from "../../electron/store/open-store.ts";
import { newJob } from "../../scripts/simulate/new-rows.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { importSample, ScratchDesk } from "./core-with-accounts.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { newUser } from "./team-sharing.ts";

const host = vi.hoisted(() => ({ name: "" }));
vi.mock("node:os", async (original) => ({
  ...(await original<object>()),
  hostname: () => host.name,
}));

let project: TeamProject;
let first: ScratchDesk;
let second: ScratchDesk;

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(() => project.close());
beforeEach(() => {
  host.name = "lab-1";
  first = new ScratchDesk();
  second = new ScratchDesk();
});
afterEach(async () => {
  await first.close();
  await second.close();
});

async function signIn({ client }: Core, email: string): Promise<string> {
  const { activeId } = await client.request("accounts.signIn", {
    url: project.stack.apiUrl,
    anonKey: project.stack.publishableKey,
    email,
    password: "a long password",
  });
  return activeId ?? "";
}

/** As a run of the open account writes them. */
function write(desk: ScratchDesk, accountId: string, sql: string, ...values: string[]): void {
  const store = openStore({ path: databasePath(desk.home, accountId), log: () => undefined });
  try {
    store.prepare(sql).run(...values);
  } finally {
    store.close();
  }
}

/** Until the project says this of a job. */
async function untilAtProject({ client }: Core, id: string, row: object): Promise<void> {
  await client.request("sync.now", {});
  const jobs = () =>
    project.service.from("training_jobs").select("workstation, status").eq("id", id);
  await expect.poll(async () => (await jobs()).data, { timeout: 30_000 }).toEqual([row]);
}

async function addJob(desk: ScratchDesk, core: Core, accountId: string): Promise<string> {
  const { workstation } = await core.client.request("app.info", {});
  const job = newJob(await importSample(core), "Run", workstation, new Date().toISOString());
  const { label: _, use_when: __, ...hyperparameters } = HYPERPARAMETER_PRESETS.balanced;
  const row = {
    id: randomUUID(),
    ...job,
    status: "stopped",
    hyperparameters: JSON.stringify(hyperparameters),
  };
  const columns = Object.keys(row);
  write(
    desk,
    accountId,
    `INSERT INTO training_jobs (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
    ...Object.values(row).map(String),
  );
  await untilAtProject(core, row.id, { workstation, status: "stopped" });
  return row.id;
}

test("a renamed computer goes on with its own jobs", async () => {
  const { email } = await newUser(project);
  let core = await first.open();
  const account = await signIn(core, email);
  const id = await addJob(first, core, account);
  const { hostName, workstation } = await core.client.request("app.info", {});
  expect(hostName).toBe("lab-1");
  expect(workstation).toMatch(/^lab-1-[0-9a-f]{4}$/);

  host.name = "another-name";
  core = await first.open();
  expect(await core.client.request("app.info", {})).toMatchObject({
    hostName: host.name,
    workstation,
  });
  write(first, account, "UPDATE training_jobs SET status = 'failed' WHERE id = ?", id);
  await untilAtProject(core, id, { workstation, status: "failed" });
  expect(await core.client.request("sync.quarantine", {})).toEqual([]);
});

test("two computers of one host name do not take each other's jobs for theirs", async () => {
  const { email } = await newUser(project);
  const core = await first.open();
  const id = await addJob(first, core, await signIn(core, email));
  const other = await second.open();
  await signIn(other, email);
  const { workstation } = await other.client.request("app.info", {});
  const elsewhere = async () => (await other.client.request("elsewhere.list", {})).jobs;
  const ids = async () => (await elsewhere()).map((job) => job.id);
  await expect.poll(ids, { timeout: 30_000 }).toEqual([id]);
  expect((await elsewhere())[0]?.workstation).not.toBe(workstation);
});
