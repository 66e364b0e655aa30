import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Core, openCore } from "../../electron/core.ts";
import { shellChannels } from "../../electron/desktop/shell-channels.ts";
import { ipcChannels } from "../../electron/gateway/ipc.ts";
import { type Dataset, datasetSchema } from "../../shared/contract/datasets.ts";
import type { BridgeReply } from "../../shared/contract/bridge.ts";
import { appInfoSchema } from "../../shared/contract/settings.ts";
import { buildPart } from "./build-part.ts";
import type { ShellOrder, ShellReport } from "./shell-messages.ts";

/* The very main.js that is shipped, in plain Node, with the real core and the real import worker. */

const projectPath = join(import.meta.dirname, "../..");
const version = "1.2.3";
let built: string;
const desks: Desk[] = [];
const folders: string[] = [];

beforeAll(async () => {
  built = newFolder("built-main-");
  writeFileSync(join(built, "package.json"), '{"type":"module"}');
  await buildPart("main", join(built, "out/main"));
});
afterEach(() => {
  for (const desk of desks.splice(0)) desk.child.kill("SIGKILL");
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  folders.push(folder);
  return folder;
}

/** The desktop app as its page and its user see it. */
class Desk {
  readonly child: ChildProcess;
  readonly happened = new EventEmitter();
  readonly exited: Promise<unknown[]>;
  readonly #answers = new Map<number, (answer: BridgeReply) => void>();
  #nextId = 0;
  stderr = "";

  constructor(home: string) {
    this.child = fork(join(built, "out/main/main.js"), {
      execArgv: ["--import", new URL("use-stand-in.ts", import.meta.url).href],
      env: {
        ...process.env,
        LORA_DESK_HOME: home,
        STAND_IN_VERSION: version,
        STAND_IN_RESOURCES: projectPath,
      },
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    this.child.stderr?.on("data", (text: Buffer) => (this.stderr += text.toString()));
    this.exited = once(this.child, "exit");
    this.child.on("message", (report: ShellReport) => {
      if ("id" in report) this.#answers.get(report.id)?.(report.answer as BridgeReply);
      else this.happened.emit(report.happened, ...report.args);
    });
    desks.push(this);
  }

  tell(order: ShellOrder): void {
    this.child.send(order);
  }

  invoke(channel: string, message: unknown): Promise<BridgeReply> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, resolve);
      this.child.once("exit", (code) => reject(new Error(`exit ${code}: ${this.stderr}`)));
      this.tell({ do: "invoke", id, channel, message });
    });
  }

  async request(method: string, params: unknown): Promise<unknown> {
    const reply = await this.invoke(ipcChannels.request, { method, params });
    if (!reply.ok) throw new Error(reply.error.message);
    return reply.result;
  }

  /** Imports a file as if it were dropped on the page, and waits for its end. */
  async import(path: string): Promise<Dataset> {
    this.tell({
      do: "send",
      channel: ipcChannels.subscription,
      message: { subscribe: "datasets.changed" },
    });
    const ended = new Promise<Dataset>((resolve) => {
      this.happened.on("send", (_channel: string, { data }: { data: unknown }) => {
        const dataset = datasetSchema.safeParse(data);
        if (dataset.success && dataset.data.status !== "importing") resolve(dataset.data);
      });
    });
    const file = await this.invoke(shellChannels.droppedFile, path);
    if (!file.ok) throw new Error(file.error.message);
    const { fileId } = file.result as { fileId: string };
    await this.request("datasets.import", { source: { kind: "file", fileId } });
    return ended;
  }
}

async function openDesk(home: string): Promise<Desk> {
  const desk = new Desk(home);
  await Promise.race([
    once(desk.happened, "loadURL"),
    desk.exited.then(() => Promise.reject(new Error(desk.stderr))),
  ]);
  return desk;
}

function openOther(home: string): Promise<Core> {
  return openCore({
    homePath: home,
    shell: "headless",
    version,
    trainerPath: join(projectPath, "electron/trainer"),
    supabasePath: join(projectPath, "supabase"),
    rendererPath: null,
    port: 0,
    env: process.env,
  });
}

function rowsFile(): string {
  const path = join(newFolder("built-main-rows-"), "rows.jsonl");
  const rows = [1, 2, 3].map((n) => JSON.stringify({ prompt: `Say ${n}.`, completion: `${n}` }));
  writeFileSync(path, `${rows.join("\n")}\nnot json\n`);
  return path;
}

async function shellOf(desk: Desk): Promise<string> {
  return appInfoSchema.parse(await desk.request("app.info", {})).shell;
}

test("everything is bundled: nothing but Node and Electron is asked for", () => {
  const names = readdirSync(join(built, "out/main"), { recursive: true, encoding: "utf8" });
  const code = names.filter((name) => /\.m?js$/.test(name));
  expect(code).toEqual(expect.arrayContaining(["main.js", "import-worker.mjs"]));
  for (const name of code) {
    const text = readFileSync(join(built, "out/main", name), "utf8");
    const imports = text.matchAll(
      /^(?:import|export)\b[^;]*?\bfrom "([^"]+)";$|^import "([^"]+)";$/gm,
    );
    const foreign = [...imports]
      .map(([, from, bare]) => from ?? bare ?? "")
      .filter((from) => !from.startsWith(".") && from !== "electron" && !isBuiltin(from));
    expect(foreign).toEqual([]);
  }
});

test("the app opens its own core, imports a file in its worker, and ends cleanly", async () => {
  const home = newFolder("built-main-home-");
  const desk = await openDesk(home);
  expect(await shellOf(desk)).toBe("desktop");

  const dataset = await desk.import(rowsFile());
  expect(dataset).toMatchObject({
    status: "ready",
    name: "rows",
    statistics: { rows: 3, rejected: 1 },
  });
  await expect(
    desk.request("datasets.import", { source: { kind: "path", path: "/etc/hostname" } }),
  ).rejects.toThrow(/command line/);

  desk.tell({ do: "close" });
  expect(await desk.exited).toEqual([0, null]);
  expect(existsSync(join(home, "core.json"))).toBe(false);
  expect(JSON.parse(readFileSync(join(home, "window.json"), "utf8"))).toMatchObject({
    bounds: { width: 1000, height: 700 },
  });
  const next = await openOther(home);
  await next.close();
});

test("the window joins a running core, and takes over when that ends", async () => {
  const home = newFolder("built-main-home-");
  const other = await openOther(home);
  let isOtherOpen = true;
  try {
    const desk = await openDesk(home);
    expect(await shellOf(desk)).toBe("headless");
    expect(await desk.import(rowsFile())).toMatchObject({ status: "ready", name: "rows" });

    const reloaded = once(desk.happened, "reload");
    await other.close();
    isOtherOpen = false;
    await reloaded;
    expect(await shellOf(desk)).toBe("desktop");
    expect(await desk.request("datasets.list", {})).toHaveLength(1);
    desk.tell({ do: "close" });
    expect(await desk.exited).toEqual([0, null]);
  } finally {
    if (isOtherOpen) await other.close();
  }
});

test("a signal ends the app as properly as its user does", async () => {
  const home = newFolder("built-main-home-");
  const desk = await openDesk(home);
  expect(await shellOf(desk)).toBe("desktop");
  desk.child.kill("SIGTERM");
  expect(await desk.exited).toEqual([0, null]);
  expect(existsSync(join(home, "core.json"))).toBe(false);
});

test("a data folder that cannot be had is said, and the app ends", async () => {
  const home = join(newFolder("built-main-home-"), "file");
  writeFileSync(home, "");
  const desk = new Desk(home);
  const said = once(desk.happened, "errorBox");
  expect(await desk.exited).toEqual([1, null]);
  expect((await said)[1]).toMatch(/LORA_DESK_HOME/);
});
