import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { addElsewhereCommands } from "../../electron/cli/commands/elsewhere.ts";
import { addTeamCommands } from "../../electron/cli/commands/teams.ts";
import { addTransferCommands } from "../../electron/cli/commands/transfers.ts";
import { printFailure } from "../../electron/cli/output.ts";
import type { ReachedCore } from "../../electron/cli/reach-core.ts";
import type { RunWithCore } from "../../electron/cli/session.ts";
import { ScratchDesk } from "./core-with-accounts.ts";
import { ADAPTER_FILES, storeAdapter } from "./store-adapter.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { newUser, type NewUser } from "./team-sharing.ts";

const root = join(import.meta.dirname, "..", "..");
const machines: Machine[] = [];
let project: TeamProject;

beforeAll(async () => {
  project = await openTeamProject();
});
afterEach(() => Promise.all(machines.splice(0).map((machine) => machine.desk.close())));
afterAll(() => project?.close());

interface Said {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** A machine on which somebody works by commands alone. */
class Machine {
  readonly desk = new ScratchDesk();

  constructor() {
    machines.push(this);
  }

  /** Signed in, with a core that answers the commands. */
  async open({ email }: NewUser): Promise<this> {
    const { apiUrl: url, publishableKey: anonKey } = project.stack;
    const { client } = await this.desk.open();
    const password = "a long password";
    await client.request("accounts.signIn", { url, anonKey, email, password, adoptLocal: false });
    return this;
  }

  /** As a command of its own process says it, on the core that is open here. */
  async say(...args: string[]): Promise<Said> {
    const { client } = this.desk.core ?? (await this.desk.open());
    const said = { stdout: "", stderr: "" };
    const writing = (["stdout", "stderr"] as const).map((stream) =>
      vi.spyOn(process[stream], "write").mockImplementation((text) => {
        said[stream] += String(text);
        return true;
      }),
    );
    const program = new Command("lora-desk");
    const core = { client, close: () => Promise.resolve() } as ReachedCore;
    const reach = () => Promise.resolve(core);
    const run: RunWithCore = async (options, work) => {
      const isJson = options.json ?? false;
      try {
        await work({ core, isJson, reach });
      } catch (error) {
        printFailure(isJson, error);
      }
    };
    for (const add of [addElsewhereCommands, addTransferCommands, addTeamCommands])
      add(program, run);
    try {
      await program.parseAsync(args, { from: "user" });
      return { ...said, stdout: said.stdout.trimEnd(), exitCode: Number(process.exitCode ?? 0) };
    } finally {
      process.exitCode = undefined;
      for (const spy of writing) spy.mockRestore();
    }
  }

  /** As on a machine on which no window and no `serve` is open. */
  async sayAlone(...args: string[]): Promise<Said> {
    await this.desk.core?.close();
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      ["electron/cli.ts", ...args],
      { cwd: root, env: { LORA_DESK_HOME: this.desk.home }, reject: false, input: "" },
    );
    return { stdout, stderr, exitCode: exitCode ?? -1 };
  }

  async ask(...args: string[]): Promise<Record<string, unknown>> {
    const { stdout } = await this.say(...args, "--json");
    return JSON.parse(stdout) as Record<string, unknown>;
  }
}

test("an own adapter of another machine is seen, downloaded by its name, and then here", async () => {
  const user = await newUser(project);
  const { artifact, job, dataset } = await storeAdapter(project, user);
  const box = await new Machine().open(user);

  const seen = await box.ask("elsewhere");
  expect(seen).toMatchObject({
    ok: true,
    failure: null,
    jobs: [{ id: job.id }],
    artifacts: [{ id: artifact.id }],
    datasets: [{ id: dataset.id }],
  });
  const { stdout } = await box.say("elsewhere");
  for (const part of ["Jobs\nNAME", "Adapters\nNAME", "Datasets\nNAME", "you", artifact.id]) {
    expect(stdout).toContain(part);
  }

  const downloaded = await box.sayAlone("download", "adapter", artifact.name, "--json");
  const { adapter } = JSON.parse(downloaded.stdout) as { adapter: unknown };
  const { id, path } = adapter as { id: string; path: string };
  expect(id).toBe(artifact.id);
  for (const [name, bytes] of Object.entries(ADAPTER_FILES)) {
    expect(readFileSync(join(path, name)).equals(bytes)).toBe(true);
  }
  await box.desk.open();
  const again = await box.say("download", "adapter", artifact.name);
  expect(again).toMatchObject({ exitCode: 1, stdout: "" });
  expect(again.stderr).toMatch(/on this machine already/);
  expect((await box.say("download", "dataset", dataset.id.slice(0, 13))).stderr).toMatch(
    /not stored|has not been stored|not in the project/,
  );
  const { transfers } = await box.ask("transfers");
  expect(new Set((transfers as { state: string }[]).map(({ state }) => state))).toEqual(
    new Set(["done"]),
  );
  expect((await box.say("transfers", "wait")).stdout).toBe("Nothing is under way.");
});

test("a team is made, joined, shown a job, and left", async () => {
  const [owner, colleague] = await Promise.all([newUser(project), newUser(project)]);
  const { job } = await storeAdapter(project, owner);
  const [mine, theirs] = await Promise.all([
    new Machine().open(owner),
    new Machine().open(colleague),
  ]);
  expect((await mine.say("teams")).stdout).toMatch(/You belong to no team/);

  expect(await mine.ask("teams", "create", "Lab")).toMatchObject({ team: { name: "Lab" } });
  await mine.ask("teams", "invite", "Lab", "stranger@example.org");
  expect(await mine.ask("teams", "withdraw", "Lab", "stranger@example.org")).toMatchObject({
    team: { invited: [] },
  });
  await mine.ask("teams", "invite", "Lab", colleague.email);
  expect((await theirs.say("teams")).stdout).toContain(`${owner.email} invites you to “Lab”`);
  expect((await theirs.say("teams", "join", "Lab")).stdout).toBe("You belong to “Lab”.");

  await mine.ask("elsewhere");
  expect(await mine.ask("teams", "share", job.id, "Lab")).toMatchObject({ job: { id: job.id } });
  expect(await theirs.ask("elsewhere")).toMatchObject({ jobs: [{ id: job.id }] });
  expect((await theirs.say("elsewhere")).stdout).toContain(owner.email);
  await mine.ask("teams", "unshare", job.id);
  expect(await theirs.ask("elsewhere")).toMatchObject({ jobs: [] });

  expect((await theirs.say("teams", "leave", "Lab")).stdout).toBe("You have left “Lab”.");
  expect(await theirs.ask("teams")).toMatchObject({ teams: [], invitations: [] });
});

test("what a machine that is gone has left in the project is deleted from another one", async () => {
  const [user, colleague] = await Promise.all([newUser(project), newUser(project)]);
  const { artifact, job, dataset } = await storeAdapter(project, user);
  const theirs = await storeAdapter(project, colleague);
  const box = await new Machine().open(user);
  const objects = async () => {
    const { rows } = await project.database.query<{ name: string }>(
      "select name from storage.objects where bucket_id = 'lora-models' and name like $1",
      [`${user.id}/%`],
    );
    return rows;
  };
  expect(await objects()).toHaveLength(3);
  const asked = await box.say("elsewhere", "delete", "job", job.id);
  expect([asked.exitCode, asked.stdout]).toEqual([1, ""]);
  expect(asked.stderr).toMatch(/its curve and its adapters.*lab-1.*keeps its own copy.*--yes/);
  expect((await box.say("elsewhere", "delete", "job", theirs.job.id, "--yes")).stderr).toMatch(
    /no job of yours elsewhere/,
  );
  const { client } = box.desk.core ?? { client: null };
  await expect(
    client?.request("elsewhere.delete", { table: "training_jobs", id: theirs.job.id }),
  ).rejects.toMatchObject({ kind: "not_found" });

  expect(await box.ask("elsewhere", "delete", "job", job.id, "--yes")).toMatchObject({
    ok: true,
    isSent: true,
  });
  const left = async (table: string, id: string) =>
    (await project.service.from(table).select().eq("id", id)).data;
  expect(await left("training_jobs", job.id)).toEqual([]);
  expect(await left("model_artifacts", artifact.id)).toEqual([]);
  await expect.poll(objects, { timeout: 20_000 }).toEqual([]);
  expect(await left("training_jobs", theirs.job.id)).toHaveLength(1);
  expect(await left("datasets", dataset.id)).toMatchObject([{ deleted_at: null }]);
  expect(await box.ask("elsewhere")).toMatchObject({ jobs: [], artifacts: [] });

  await box.ask("elsewhere", "delete", "dataset", dataset.id, "--yes");
  expect(await left("datasets", dataset.id)).toMatchObject([
    { deleted_at: expect.any(String) as string },
  ]);
  expect(await box.ask("elsewhere")).toMatchObject({ datasets: [] });
  expect(await client?.request("sync.status", {})).toMatchObject({
    counts: { waiting: 0, attention: 0 },
  });
});

test("nonsense is answered in a sentence, and with exit code 1", async () => {
  const box = new Machine();
  await box.desk.open();
  for (const words of ["elsewhere", "download adapter x", "transfers wait", "teams"]) {
    const { exitCode, stderr } = await box.say(...words.split(" "));
    expect([words, exitCode, stderr]).toEqual([
      words,
      1,
      expect.stringMatching(/No account is open/),
    ]);
  }
  await box.open(await newUser(project));
  for (const [words, answer] of [
    ["download model x", /“model” cannot be downloaded/],
    ["download adapter x", /no adapter elsewhere called “x”.*lora-desk elsewhere/],
    ["elsewhere delete model x", /“model” cannot be deleted/],
    ["transfers pause x", /No transfer.*“x”.*lora-desk transfers/],
    ["teams invite x nobody@example.org", /no team called “x”/],
    ["teams join x", /no invitation to a team called “x”/],
  ] as const) {
    const { exitCode, stderr, stdout } = await box.say(...words.split(" "));
    expect([words, exitCode, stdout]).toEqual([words, 1, ""]);
    expect(stderr).toMatch(answer);
  }
  await box.desk.core?.client.request("sync.pause", { isPaused: true });
  const paused = await box.say("download", "adapter", "x");
  expect([paused.exitCode, paused.stderr]).toEqual([1, expect.stringMatching(/sync resume/)]);
});
