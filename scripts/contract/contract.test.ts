import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Core, openCore } from "../../electron/core.ts";
import { wholeModel, writeFolder } from "../../electron/models/fixtures/model-files.ts";
import { TrainerStandIn } from "../../electron/python/fixtures/trainer-stand-in.ts";
import type { WindowClient } from "../../renderer/transport/window-client.ts";
import type { AppError } from "../../shared/app-error.ts";
import { procedures, type Topic, type TopicData } from "../../shared/contract/contract.ts";
import { answersWithoutAccount, syncRefusals } from "./sync-refusals.ts";
import { layTrainedAdapter } from "./trained-adapter.ts";
import { type JoinedWindow, joinByIpc, joinByWebSocket } from "./transports.ts";

/** The same promises, kept by both transports, each with its real client and the real core. */
let home = "";
let core: Core;
let trained: ReturnType<typeof layTrainedAdapter>;
const python = new TrainerStandIn();

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-contract-"));
  trained = layTrainedAdapter(home);
  writeFolder(join(home, "models", "whole"), wholeModel());
  core = await openCore({
    homePath: home,
    shell: "headless",
    version: "0.0.0-test",
    trainerPath: join(import.meta.dirname, "..", "..", "electron", "trainer"),
    supabasePath: join(import.meta.dirname, "..", "..", "supabase"),
    rendererPath: null,
    port: 0,
    env: {
      PATH: process.env["PATH"],
      HF_HOME: join(home, "no-hub"),
      LORA_DESK_PYTHON: python.pythonPath,
    },
  });
});
afterAll(async () => {
  await core.close();
  python.remove();
  rmSync(home, { recursive: true, force: true });
});

function next<T extends Topic>(
  client: WindowClient,
  topic: T,
  isWanted: (data: TopicData<T>) => boolean = () => true,
): Promise<TopicData<T>> {
  return new Promise((resolve) => {
    const unsubscribe = client.subscribe(topic, (data) => {
      if (!isWanted(data)) return;
      unsubscribe();
      resolve(data);
    });
  });
}

describe.each([
  ["IPC", joinByIpc],
  ["WebSocket", joinByWebSocket],
])("over %s", (transport, joinWindow) => {
  let joined: JoinedWindow;
  let client: WindowClient;
  beforeEach(async () => {
    joined = await joinWindow(core);
    client = joined.client;
  });
  afterEach(() => joined.close());

  test("a request is answered with what the contract says", async () => {
    const info = await client.request("app.info", {});
    expect(info).toMatchObject({ version: "0.0.0-test", homePath: home, shell: "headless" });
  });

  test("many requests at once are answered each with its own result", async () => {
    const themes = ["dark", "light", "system"] as const;
    const asked = Array.from({ length: 60 }, (_, index) => themes[index % 3] ?? "dark");
    const answers = await Promise.all(
      asked.map((theme) => client.request("settings.update", { theme })),
    );
    expect(answers.map(({ theme }) => theme)).toEqual(asked);
  });

  test("an event reaches its listener, and none after it has left", async () => {
    const heard: string[] = [];
    const unsubscribe = client.subscribe("settings.changed", ({ theme }) => heard.push(theme));
    const changed = next(client, "settings.changed", ({ theme }) => theme === "light");
    await client.request("settings.update", { theme: "light" });
    expect(await changed).toMatchObject({ theme: "light" });
    expect(heard).toEqual(["light"]);
    unsubscribe();
    const again = next(client, "settings.changed", ({ theme }) => theme === "dark");
    await client.request("settings.update", { theme: "dark" });
    await again;
    expect(heard).toEqual(["light"]);
  });

  test("a file that was handed over is imported, with its faults told by line", async () => {
    const path = join(home, "rows.jsonl");
    writeFileSync(
      path,
      '{"question": "2 + 2?", "answer": "4"}\nnot json\n{"question": "?", "answer": ""}\n',
    );
    const fileId = core.files.add({ path, name: "rows.jsonl", sizeBytes: 80, isTemporary: false });
    const ended = next(client, "datasets.changed", ({ status }) => status !== "importing");
    const started = await client.request("datasets.import", {
      source: { kind: "file", fileId },
      name: `rows over ${transport}`,
    });
    const dataset = await ended;
    expect(dataset).toMatchObject({ id: started.id, status: "ready", format: "question_answer" });
    const page = { id: dataset.id, offset: 0, limit: 10 };
    const { rows } = await client.request("datasets.rejections", page);
    expect(rows.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "invalid_json"],
      [3, "empty_text"],
    ]);
  });

  test("rows are shown as the model reads them", async () => {
    const source = { kind: "sample" } as const;
    const ended = next(client, "datasets.changed", ({ status }) => status === "ready");
    const started = await client.request("datasets.import", { source });
    const { id } = started.status === "importing" ? await ended : started;
    const { models } = await client.request("models.list", {});
    const model = models.find(({ name }) => name === "whole");
    const inspection = await client.request("datasets.inspectTokens", {
      datasetId: id,
      modelId: model?.id ?? "",
      rows: [1, 0],
      maxSequenceTokens: 512,
      longRows: "truncate",
    });
    procedures["datasets.inspectTokens"].output.parse(inspection);
    expect(inspection.rows.map(({ row }) => row)).toEqual([1, 0]);
    expect(inspection.rows[0]?.tokens.length).toBeGreaterThan(10);
  });

  test("what a run said is answered as data", async () => {
    const { jobId: id } = trained;
    expect(await client.request("jobs.samples", { id })).toMatchObject([
      { step: 4, prompt: "Hello", text: "Hi" },
    ]);
    expect(await client.request("jobs.get", { id })).toMatchObject({
      dryRun: null,
      best: { step: 2, loss: 0.5 },
    });
  });

  test("what a GPU did, and what befell it, is answered as data", async () => {
    const wish = { uuid: "GPU-of-nobody", minutes: 60 };
    const history = await client.request("gpus.history", wish);
    procedures["gpus.history"].output.parse(history);
    expect(history).toMatchObject({ uuid: wish.uuid, points: [] });
    const faults = await client.request("gpus.faults", {});
    procedures["gpus.faults"].output.parse(faults);
    await expect(client.request("gpus.history", { ...wish, minutes: 0 })).rejects.toMatchObject({
      kind: "invalid_input",
    });
  });

  test("an adapter is exported, and how it fares arrives as it goes", async () => {
    python.behave("well");
    const ended = next(client, "exports.changed", ({ state }) => state === "done");
    const wish = { id: trained.artifactId, format: "merged", name: transport } as const;
    const { id } = await client.request("artifacts.export", wish);
    const done = await ended;
    expect(done).toMatchObject({ id, targetPath: join(home, "exports", `${done.name}-merged`) });
    const { artifactId } = trained;
    expect((await client.request("exports.list", { artifactId }))[0]).toEqual(done);
    expect(await client.request("exports.cancel", { id })).toEqual(done);
  });

  test.each([
    ["an unknown id", () => client.request("jobs.get", { id: crypto.randomUUID() }), "not_found"],
    ["wrong parameters", () => client.request("jobs.get", { id: "7" }), "invalid_input"],
    ["an unknown request", () => client.request("jobs.explode" as "jobs.list", {}), "not_found"],
    [
      "a path",
      () => client.request("datasets.import", { source: { kind: "path", path: "/etc/passwd" } }),
      "forbidden",
    ],
    [
      "a place to write to",
      () =>
        client.request("artifacts.export", {
          id: trained.artifactId,
          format: "merged",
          targetPath: "/tmp/elsewhere",
        }),
      "forbidden",
    ],
    [
      "scripts",
      () => client.request("settings.update", { llamaCppPath: "/tmp/scripts" }),
      "forbidden",
    ],
    [
      "a folder dialog without a desktop",
      () => client.request("settings.chooseLlamaCpp", {}),
      "unsupported",
    ],
    [
      "GGUF without llama.cpp",
      () => client.request("artifacts.export", { id: trained.artifactId, format: "gguf" }),
      "unavailable",
    ],
    [
      "an unknown export",
      () => client.request("exports.cancel", { id: randomUUID() }),
      "not_found",
    ],
    ["samples of nothing", () => client.request("jobs.samples", { id: randomUUID() }), "not_found"],
    ...syncRefusals(() => client),
    ["a program", () => client.request("environment.use", { pythonPath: "/bin/sh" }), "forbidden"],
    [
      "a file never handed over",
      () =>
        client.request("datasets.import", {
          source: { kind: "file", fileId: crypto.randomUUID() },
        }),
      "not_found",
    ],
  ])("%s is an error of a kind, with a sentence", async (_what, ask, kind) => {
    const error = (await ask().catch((reason: unknown) => reason)) as AppError;
    expect(error).toMatchObject({ kind });
    expect(error.message.length).toBeGreaterThan(10);
  });

  test.each(answersWithoutAccount)("%s without an account", async (method, answer) => {
    const result: unknown = await client.request(method, {});
    procedures[method].output.parse(result);
    expect({ result }).toMatchObject({ result: answer });
  });

  test.each([[null], [42], ["text"], [{}], [{ id: -1 }], [{ subscribe: 7 }], [[1, 2]]])(
    "nonsense such as %j harms nobody",
    async (nonsense) => {
      await joined.sendRaw(nonsense);
      expect(await client.request("datasets.list", {})).toBeInstanceOf(Array);
    },
  );
});
