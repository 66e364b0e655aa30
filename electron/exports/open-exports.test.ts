import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Params } from "../../shared/contract/contract.ts";
import { type Export, exportSchema } from "../../shared/contract/exports.ts";
import { Hub } from "../gateway/hub.ts";
import { TrainerStandIn } from "../python/fixtures/trainer-stand-in.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { type Exports, openExports } from "./open-exports.ts";

let home = "";
let store: Store;
let python: TrainerStandIn;
let hub: Hub;
let told: Export[];
let llamaCppPath: string | null;
let exports: Exports;
let basePath = "";
const adapter = { id: randomUUID(), name: "Sums (v1)", path: "" };

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-exports-"));
  adapter.path = join(home, "run", "adapter");
  mkdirSync(adapter.path, { recursive: true });
  writeFileSync(join(adapter.path, "adapter_config.json"), "{}");
  mkdirSync(join(home, "model"));
  basePath = join(home, "model");
  writeFileSync(join(basePath, "config.json"), "{}");
  python = new TrainerStandIn();
  llamaCppPath = null;
  hub = new Hub();
  told = [];
  hub.subscribe("exports.changed", (record) => told.push(exportSchema.parse(record)));
  open();
});
afterEach(async () => {
  await exports.close();
  store.close();
  python.remove();
  rmSync(home, { recursive: true, force: true });
});

function open(): void {
  store = openStore({ path: join(home, "store.db"), log: () => undefined });
  exports = openExports({
    store,
    homePath: home,
    trainerPath: home,
    env: { PATH: process.env["PATH"] },
    publish: hub.publish,
    now: () => new Date(),
    createId: randomUUID,
    log: () => undefined,
    settings: { get: () => ({ llamaCppPath }) },
    pythonFor: async () => ({ pythonPath: python.pythonPath }),
    findAdapter: async (id) => {
      if (id !== adapter.id) throw new AppError("not_found", "There is no such adapter.");
      return { artifact: adapter, base: { name: "Tiny", path: basePath } };
    },
  });
}

const add = async (wish: Partial<Params<"artifacts.export">> = {}) =>
  exports.requests["artifacts.export"]({ id: adapter.id, format: "merged", ...wish }, "local");
const list = async () => exports.requests["exports.list"]({}, "local");
const cancel = async (id: string) => exports.requests["exports.cancel"]({ id }, "local");

/** Resolves when the topic has said that it is so, be it before or after this call. */
function reached(id: string, state: Export["state"], message?: string): Promise<Export> {
  const isIt = (record: Export) =>
    record.id === id &&
    record.state === state &&
    (record.state !== "running" || message === undefined || record.message === message);
  const past = told.find(isIt);
  if (past !== undefined) return Promise.resolve(past);
  return new Promise((resolve) => {
    const unsubscribe = hub.subscribe("exports.changed", (record) => {
      if (!isIt(record)) return;
      unsubscribe();
      resolve(record);
    });
  });
}

test("an export is queued, runs with progress and is done, with what was checked", async () => {
  const { id } = await add();
  const done = await reached(id, "done");
  expect(done).toMatchObject({
    artifactId: adapter.id,
    artifactName: "Sums (v1)",
    name: "sums-v1",
    path: join(home, "exports", "sums-v1-merged"),
    files: [{ name: "model.safetensors", bytes: 7 }],
    checks: ["Logits differ by 0.001 at most."],
  });
  expect(told.map(({ state }) => state)).toEqual(["queued", "running", "running", "done"]);
  expect(told[2]).toMatchObject({ share: 0.25, message: "Merging" });
  expect(readFileSync(join(home, "exports", "sums-v1-merged", "model.safetensors"), "utf8")).toBe(
    "weights",
  );
  expect(await list()).toEqual([done]);
});

test("they run one after the other, each in a folder of its own", async () => {
  python.behave("hold");
  const first = await add();
  await reached(first.id, "running", "Merging");
  const second = await add();
  expect(second).toMatchObject({ state: "queued", targetPath: expect.stringMatching(/merged-2$/) });
  await expect(add({ targetPath: second.targetPath })).rejects.toMatchObject({ kind: "conflict" });
  const third = await add();
  expect(await cancel(third.id)).toMatchObject({ state: "cancelled" });
  python.behave("well");
  expect(await cancel(first.id)).toMatchObject({ state: "cancelled" });
  await reached(second.id, "done");
  expect(existsSync(first.targetPath)).toBe(false);
  expect(python.calls()).toHaveLength(2);
  expect(await cancel(second.id)).toMatchObject({ state: "done" });
});

test("what the exporter says went wrong is told, and so is a crash", async () => {
  python.behave("error");
  const { id } = await add();
  expect(await reached(id, "failed")).toMatchObject({
    failure: { message: "The cable is torn. Mend it.", details: { reason: "torn" } },
  });
  python.behave("crash");
  const crashed = await add();
  expect(await reached(crashed.id, "failed")).toMatchObject({
    failure: { kind: "environment", message: expect.stringContaining("no module named torch") },
  });
});

test("what an exporter that was killed had written is removed; other folders are not", async () => {
  const folder = join(home, "here");
  const beside = [".m.part", ".other.part", "m.part"].map((name) => join(folder, name));
  for (const path of beside) mkdirSync(path, { recursive: true });
  python.behave("killed");
  const { id } = await add({ targetPath: join(folder, "m") });
  await reached(id, "failed");
  expect(beside.map((path) => existsSync(path))).toEqual([false, true, true]);
  const own = join(home, "run", ".adapter.part");
  mkdirSync(own);
  const vllm = await add({ format: "vllm" });
  await reached(vllm.id, "failed");
  expect(existsSync(own)).toBe(true);
});

test("one that ran when the app ended is found as interrupted; those that waited too", async () => {
  python.behave("hold");
  const first = await add();
  await reached(first.id, "running", "Merging");
  const second = await add();
  await exports.close();
  store.close();
  open();
  const interrupted = { state: "failed", failure: { kind: "unavailable" } };
  expect(await list()).toMatchObject([
    { id: second.id, ...interrupted },
    { id: first.id, ...interrupted },
  ]);
});

test("after a kill, what is in the store as running has failed", async () => {
  python.behave("hold");
  const { id } = await add();
  const { targetPath } = await reached(id, "running", "Merging");
  const left = join(dirname(targetPath), `.${basename(targetPath)}.part`);
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, "model.safetensors"), "half");
  const killed = openStore({ path: join(home, "store.db"), log: () => undefined });
  const rows = killed.prepare("SELECT state FROM exports").all();
  expect(rows).toEqual([{ state: "running" }]);
  const next = openExports({
    store: killed,
    homePath: home,
    trainerPath: home,
    env: {},
    publish: () => undefined,
    now: () => new Date(),
    createId: randomUUID,
    log: () => undefined,
    settings: { get: () => ({ llamaCppPath }) },
    pythonFor: () => Promise.reject(new Error("not asked")),
    findAdapter: () => Promise.reject(new Error("not asked")),
  });
  expect(await next.requests["exports.list"]({}, "local")).toMatchObject([
    { id, state: "failed", failure: { message: expect.stringContaining("nothing of it") } },
  ]);
  await next.close();
  killed.close();
  expect(existsSync(left)).toBe(false);
});

test("what cannot work is refused before it is queued", async () => {
  await expect(add({ format: "gguf" })).rejects.toMatchObject({
    details: { isLlamaCppMissing: true },
  });
  await expect(add({ targetPath: "somewhere" })).rejects.toMatchObject({ kind: "invalid_input" });
  await expect(add({ targetPath: "/" })).rejects.toMatchObject({ kind: "invalid_input" });
  await expect(add({ id: randomUUID() })).rejects.toMatchObject({ kind: "not_found" });
  rmSync(join(home, "model", "config.json"));
  await expect(add()).rejects.toThrow("The base model “Tiny” of this adapter is not at");
  // A downloaded one, trained where nobody knows the folder of.
  basePath = "";
  await expect(add()).rejects.toThrow("was trained on another machine, on its “Tiny”");
  rmSync(join(adapter.path, "adapter_config.json"));
  await expect(add()).rejects.toThrow("The files of the adapter “Sums (v1)” are not at");
  expect(await list()).toEqual([]);
});

test("the exporter is told all that was chosen, and only what its format takes", async () => {
  llamaCppPath = "/src/llama.cpp";
  const wish = { outtype: "q8_0", isMergedFirst: true, name: "My sums" } as const;
  const gguf = await add({ format: "gguf", targetPath: join(home, "here"), ...wish });
  await reached(gguf.id, "done");
  const vllm = await add({ format: "vllm", ...wish });
  expect(vllm).toMatchObject({ outtype: null, isMergedFirst: false, targetPath: adapter.path });
  await reached(vllm.id, "done");
  const common = `-m lora_trainer.exports --adapter=${adapter.path} --base=${join(home, "model")}`;
  expect(python.calls()).toEqual([
    `${common} --format=gguf --name=my-sums --to=${join(home, "here")} --llama-cpp=/src/llama.cpp --outtype=q8_0 --merged-first`,
    `${common} --format=vllm --name=my-sums`,
  ]);
});
