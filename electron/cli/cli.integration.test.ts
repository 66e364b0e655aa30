import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The real command in processes of its own, as a person runs it. */
const root = join(import.meta.dirname, "..", "..");
const command = [join(root, "scripts", "launch.js"), join(root, "electron", "cli.ts")];
let home = "";

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-cli-"));
});
afterAll(() => {
  if (home !== "") rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

const env = () => ({
  ...process.env,
  LORA_DESK_HOME: home,
  HF_HOME: join(home, "hub"),
  XDG_CONFIG_HOME: join(home, "config"),
});

async function desk(...args: string[]): Promise<{ exitCode: number | undefined; reply: never }> {
  const { exitCode, stdout } = await execa(process.execPath, [...command, ...args, "--json"], {
    env: env(),
    reject: false,
    stdin: "ignore",
  });
  return { exitCode, reply: JSON.parse(stdout) as never };
}

test("nonsense is refused with a sentence and exit code 1", async () => {
  for (const args of [
    ["datasets", "import", join(home, "nowhere.jsonl")],
    ["datasets", "show", "nothing"],
    ["jobs", "stop", "nothing"],
    ["train", "--dataset", "nothing"],
    ["train"],
    ["train", "--config", join(home, "nowhere.json")],
    ["export", "nothing", "--format", "merged"],
    ["inspect", "nothing", "--rows", "first"],
    ["env", "llama-cpp", home],
    ["serve", "--port", "many"],
    ["autostart", "maybe"],
    ["autostart", "on", "--port", "many"],
    ["costs", "prices", "--electricity", ""],
    ["costs", "prices", "--hardware", "much"],
    ["costs", "--csv", join(home, "nowhere", "costs.csv")],
    ["queue", "move", "nothing"],
    ["jobs", "stop", "nothing", "--mode", "at-once"],
  ]) {
    const { exitCode, reply } = await desk(...args);
    expect(exitCode).toBe(1);
    expect(reply).toMatchObject({ ok: false, error: { message: expect.stringMatching(/.{15}/u) } });
  }
});

test("of two that serve at once one is the core, and both print a link to it", async () => {
  const children = [1, 2].map(() =>
    spawn(process.execPath, [...command, "serve", "--port", "0", "--json"], {
      env: env(),
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  try {
    const replies = await Promise.all(
      children.map(async ({ stdout }) => {
        for await (const line of createInterface({ input: stdout })) {
          return JSON.parse(line) as { ok: boolean; link: string; isOurs: boolean };
        }
        throw new Error("It ended without a link.");
      }),
    );
    expect(replies.filter(({ isOurs }) => isOurs)).toHaveLength(1);
    expect(new Set(replies.map(({ link }) => new URL(link).port)).size).toBe(1);
    for (const { link } of replies) {
      expect((await fetch(link, { redirect: "manual" })).status).toBe(303);
    }
  } finally {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null) return;
        child.kill("SIGTERM");
        await once(child, "exit");
      }),
    );
  }
});

test("a run started with --detach goes on when the command has ended", async () => {
  const rows = Array.from({ length: 40 }, (_, index) =>
    JSON.stringify({ question: `What is ${index} plus one?`, answer: `It is ${index + 1}.` }),
  );
  const file = join(home, "sums.jsonl");
  writeFileSync(file, rows.join("\n"));
  const started = await desk("train", "--dataset", file, "--detach", "--epochs", "4");
  expect(started.exitCode).toBe(0);
  const { job } = started.reply as { job: { id: string } };

  const run = join(home, "runs", job.id);
  await untilThere(run, "exit.json");
  const { reply } = await desk("jobs", "show", job.id);
  expect(reply).toMatchObject({ job: { status: "completed" } });
  expect(existsSync(join(run, "adapter", "adapter_model.safetensors"))).toBe(true);

  const { history } = (await desk("jobs", "history", job.id)).reply as {
    history: { to: string }[];
  };
  expect(history[0]?.to).toBe("queued");
  expect(history.at(-1)?.to).toBe("completed");
  expect((await desk("queue", "pause")).reply).toMatchObject({ queue: { isPaused: true } });
  expect((await desk("queue")).reply).toMatchObject({ queue: { isPaused: true, order: [] } });
  expect((await desk("queue", "resume")).reply).toMatchObject({ queue: { isPaused: false } });
});

test("its adapter is exported, its rows are shown as tokens, and it is repeated", async () => {
  const adapters = (await desk("adapters", "list")).reply as { adapters: { id: string }[] };
  const [adapter] = adapters.adapters;
  const to = join(home, "merged");
  const exported = await desk("export", adapter?.id ?? "", "--format", "merged", "--to", to);
  expect(exported.reply).toMatchObject({ ok: true, export: { state: "done", path: to } });
  expect(existsSync(join(to, "model.safetensors"))).toBe(true);

  const { reply } = await desk("inspect", "sums", "--rows", "39,0");
  const { rows } = reply as { rows: { row: number; text: string; labelCount: number }[] };
  expect(rows.map(({ row }) => row)).toEqual([39, 0]);
  expect(rows[0]?.text).toContain("It is 40.");
  expect(rows[0]?.labelCount).toBeGreaterThan(0);

  const { jobs } = (await desk("jobs", "list")).reply as { jobs: { runPath: string }[] };
  const [first] = jobs;
  const config = join(first?.runPath ?? "", "config.json");
  const repeated = (await desk("train", "--config", config)).reply as { adapter: { path: string } };
  const weights = (folder: string) => readFileSync(join(folder, "adapter_model.safetensors"));
  expect(weights(repeated.adapter.path)).toEqual(weights(join(first?.runPath ?? "", "adapter")));
});

test("what is deleted goes for good only with --yes, and a dataset comes back", async () => {
  const { jobs } = (await desk("jobs", "list")).reply as {
    jobs: { id: string; runPath: string }[];
  };
  const [job] = jobs;
  const id = job?.id ?? "";
  const asked = await desk("jobs", "delete", id);
  expect(asked.reply).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining("The job is on this computer only.") as string },
  });
  expect(existsSync(job?.runPath ?? "")).toBe(true);
  const deleted = await desk("jobs", "delete", id, "--yes");
  expect(deleted.reply).toEqual({ ok: true, id, deletion: { reach: "machine" } });
  expect(existsSync(job?.runPath ?? "")).toBe(false);

  const ids = async () => {
    const { reply } = await desk("datasets", "list");
    return (reply as { datasets: { id: string }[] }).datasets.map((dataset) => dataset.id);
  };
  const all = await ids();
  const [dataset = ""] = all;
  expect((await desk("datasets", "delete", dataset)).reply).toMatchObject({ ok: false });
  expect((await desk("datasets", "delete", dataset, "--yes")).reply).toMatchObject({ ok: true });
  expect(await ids()).toEqual(all.slice(1));
  await desk("datasets", "restore", dataset);
  expect(await ids()).toEqual(all);
});

function untilThere(folder: string, name: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(folder, () => look());
    const look = () => {
      if (!existsSync(join(folder, name))) return;
      watcher.close();
      resolve();
    };
    look();
  });
}
