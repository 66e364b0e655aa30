import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Publish } from "../../shared/contract/contract.ts";
import { type ModelLibrary, modelLibrarySchema } from "../../shared/contract/models.ts";
import { wholeModel, writeFolder, writeHubModel } from "./fixtures/model-files.ts";
import type { BaseModelLibrary } from "./model-library.ts";
import { openModelLibrary } from "./open-model-library.ts";

let root: string;
let folders: string[];
let published: ModelLibrary[];
let pythonFor: () => Promise<{ pythonPath: string }>;
const opened: BaseModelLibrary[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "library-")));
  folders = [];
  published = [];
  pythonFor = async () => ({ pythonPath: fakePython() });
});
afterEach(async () => {
  for (const library of opened.splice(0)) await library.close();
  rmSync(root, { recursive: true });
});

const at = (...parts: string[]): string => path.join(root, ...parts);
const publish: Publish = (topic, data) => {
  if (topic === "models.changed") published.push(modelLibrarySchema.parse(structuredClone(data)));
};

function open(): BaseModelLibrary {
  const library = openModelLibrary({
    homePath: at("home"),
    trainerPath: root,
    settings: {
      get: () => ({ modelFolders: folders }),
      setModelFolders: (to) => {
        folders = [...to];
      },
    },
    pythonFor: () => pythonFor(),
    publish,
    now: () => new Date("2026-01-02T03:04:05Z"),
    log: () => undefined,
    env: { PATH: process.env["PATH"], HF_HUB_CACHE: at("hub") },
  });
  opened.push(library);
  return library;
}

const list = async (library: BaseModelLibrary): Promise<ModelLibrary> =>
  modelLibrarySchema.parse(await library.requests["models.list"]({}, "local"));
const names = ({ models }: ModelLibrary): string[] =>
  models.map(({ name, status }) => `${name} ${status}`).toSorted();

/** Makes a model out of a folder that lies ready, as lora_trainer.tiny_model would. */
function fakePython(script?: string): string {
  writeFolder(at("ready"), wholeModel());
  const making = `echo '{"message": "Training, loss 5.1", "share": 0.5}'
mkdir -p "$4" && cp "${at("ready")}"/* "$4" && echo "{\\"path\\": \\"$4\\"}"`;
  writeFileSync(at("python"), `#!/bin/sh\necho "$*" >> "${at("calls")}"\n${script ?? making}\n`);
  chmodSync(at("python"), 0o755);
  return at("python");
}

test("finds models of its own, of the user's folders and of the cache", async () => {
  writeFolder(at("home", "models", "mine"), wholeModel());
  writeFolder(at("disk", "llms", "org", "seven"), wholeModel());
  writeFolder(at("disk", "a", "b", "c", "too-deep"), wholeModel());
  writeFolder(at("disk", "website"), { "config.json": { title: "no model" } });
  writeFolder(at("disk", ".hidden"), wholeModel());
  writeFolder(at("single"), wholeModel());
  writeHubModel(at("hub"), "org/name", wholeModel());
  mkdirSync(at("hub", "datasets--org--rows"));
  folders = [at("disk"), at("single"), at("gone")];

  const library = await list(open());
  expect(names(library)).toEqual(["mine ready", "org/name ready", "seven ready", "single ready"]);
  expect(library.models.find(({ name }) => name === "org/name")?.origin).toBe("hugging_face_cache");
  expect(library.scannedAt).toBe("2026-01-02T03:04:05.000Z");
  expect(library.hubCachePath).toBe(at("hub"));
});

test("ids stay, are one per folder, and lead back to the model", async () => {
  writeFolder(at("disk", "one"), wholeModel());
  symlinkSync(at("disk", "one"), at("disk", "same"));
  folders = [at("disk"), at("disk", "one")];
  const library = open();
  const { models } = await list(library);
  expect(models).toHaveLength(1);
  const id = models[0]?.id ?? "";
  expect((await list(open())).models[0]?.id).toBe(id);
  expect((await library.find(id)).path).toBe(at("disk", "one"));
  await expect(library.find("nothing")).rejects.toMatchObject({ kind: "not_found" });
});

test("links that lead round in a circle end", async () => {
  writeFolder(at("disk", "model"), wholeModel());
  symlinkSync(at("disk"), at("disk", "around"));
  symlinkSync(at("disk", "loop"), at("disk", "loop"));
  folders = [at("disk")];
  expect(names(await list(open()))).toEqual(["model ready"]);
});

test("of a cache the revision that “main” names; downloads broken off are explained", async () => {
  const hub = at("hub");
  writeHubModel(hub, "org/two", wholeModel(), { commit: "old" });
  writeHubModel(hub, "org/two", { "config.json": "{" }, { commit: "other", isMain: false });
  const broken = writeHubModel(hub, "org/broken", { "config.json": { model_type: "llama" } });
  writeFileSync(path.join(broken, "blobs", "ff.incomplete"), "part");
  mkdirSync(path.join(hub, "models--org--begun", "blobs"), { recursive: true });
  writeFileSync(path.join(hub, "models--org--begun", "blobs", "aa.incomplete"), "part");
  mkdirSync(path.join(hub, "models--org--nothing", "refs"), { recursive: true });

  const library = await list(open());
  expect(names(library)).toEqual(["org/begun unusable", "org/broken unusable", "org/two ready"]);
  const advice = library.models.flatMap((model) =>
    model.status === "unusable" ? [model.failure.message.split(": ").at(-1)] : [],
  );
  expect(advice).toEqual(["hf download org/begun", "hf download org/broken"]);
});

test("an unusable model is shown, and refused by name", async () => {
  const files = { "config.json": { model_type: "llama" }, "pytorch_model.bin": "x" };
  writeFolder(at("disk", "pickled"), files);
  folders = [at("disk")];
  const library = open();
  const [model] = (await list(library)).models;
  await expect(library.find(model?.id ?? "")).rejects.toMatchObject({
    kind: "conflict",
    message: expect.stringMatching(/“pickled” cannot be used.*pickled/),
  });
});

test("folders are added once, checked, and removed even when they are gone", async () => {
  const library = open();
  const { "models.addFolder": add, "models.removeFolder": remove } = library.requests;
  writeFolder(at("disk", "model"), wholeModel());
  const added = await add({ path: `${at("disk")}/` }, "local");
  expect(names(added)).toEqual(["model ready"]);
  expect((await add({ path: at("disk") }, "local")).folders).toEqual([at("disk")]);

  writeFileSync(at("file"), "");
  for (const wrong of [at("nowhere"), at("file"), "relative/path"]) {
    await expect(add({ path: wrong }, "local")).rejects.toMatchObject({ kind: "invalid_input" });
  }
  rmSync(at("disk"), { recursive: true });
  expect((await remove({ path: at("disk") }, "local")).folders).toEqual([]);
  expect(published.at(-1)?.models).toEqual([]);
});

test("makes the tiny model once, with progress, and finds it again", async () => {
  const library = open();
  const heard: number[] = [];
  const [one, two] = await Promise.all([
    library.createTinyAndWait(undefined, ({ share }) => heard.push(share)),
    library.createTinyAndWait(),
  ]);
  expect(two).toEqual(one);
  expect(one).toMatchObject({ status: "ready", origin: "tiny", name: "lora-desk-tiny" });
  expect(heard).toEqual([0, 0.5]);
  expect(published.some(({ models }) => models[0]?.status === "building")).toBe(true);
  expect(await library.createTinyAndWait()).toEqual(one);
  expect(await open().requests["models.createTiny"]({}, "local")).toEqual(one);
  expect(readFileSync(at("calls"), "utf8")).toBe(`-m lora_trainer.tiny_model --out ${one.path}\n`);
});

test("a tiny model that cannot be made says why, and may be tried again", async () => {
  pythonFor = async () => ({ pythonPath: fakePython("echo 'OSError: disk on fire' >&2; exit 1") });
  const library = open();
  await expect(library.createTinyAndWait()).rejects.toMatchObject({
    kind: "environment",
    message: expect.stringContaining("OSError: disk on fire"),
  });
  expect((await list(library)).models).toMatchObject([{ status: "unusable", origin: "tiny" }]);

  pythonFor = async () => ({ pythonPath: fakePython() });
  expect((await library.createTinyAndWait()).status).toBe("ready");
});

test("without a Python the tiny model says what the environment needs", async () => {
  pythonFor = async () => {
    throw new AppError("environment", "Build the training environment first.");
  };
  const library = open();
  const begun = await library.requests["models.createTiny"]({}, "local");
  expect(begun).toMatchObject({ status: "building" });
  await expect(library.createTinyAndWait()).rejects.toMatchObject({
    message: "Build the training environment first.",
  });
});

test("cancelling ends the program that makes the tiny model", async () => {
  pythonFor = async () => ({
    pythonPath: fakePython(`echo '{"message": "Going on", "share": 0.2}'; sleep 600`),
  });
  const library = open();
  const controller = new AbortController();
  const end = library.createTinyAndWait(controller.signal, ({ share }) => {
    if (share > 0) controller.abort();
  });
  await expect(end).rejects.toMatchObject({ kind: "cancelled" });
  expect((await list(library)).models).toEqual([]);
  expect(existsSync(at("home", "models", "lora-desk-tiny"))).toBe(false);
});

test("closing does not wait for a Python that is still being built", async () => {
  pythonFor = () => new Promise(() => undefined);
  const library = open();
  await library.requests["models.createTiny"]({}, "local");
  await library.close();
  expect(published.at(-1)?.models).toMatchObject([{ status: "building" }]);
});
