import { EventEmitter } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shellChannels } from "../../electron/desktop/shell-channels.ts";
import { ipcChannels } from "../../electron/gateway/ipc.ts";
import type { DesktopBridge } from "../../shared/contract/bridge.ts";
import { buildPart } from "./build-part.ts";

let folder: string;
let source: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "built-preload-"));
  await buildPart("preload", folder);
  source = readFileSync(join(folder, "preload.cjs"), "utf8");
}, 60_000);
afterAll(() => {
  // `folder` is unset where building has failed before it was made.
  if (folder) rmSync(folder, { recursive: true });
});

/** Runs the built script in a world that has nothing but what a sandboxed preload script has. */
function runPreload() {
  const exposed = new Map<string, unknown>();
  const sent: unknown[][] = [];
  const invoked: unknown[][] = [];
  const answers: { next: () => Promise<unknown> } = { next: () => Promise.resolve({ ok: true }) };
  const renderer = new EventEmitter();
  const ipcRenderer = Object.assign(renderer, {
    send: (...args: unknown[]) => sent.push(args),
    invoke: (...args: unknown[]) => {
      invoked.push(args);
      return answers.next();
    },
  });
  const required: string[] = [];
  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, value: unknown) => exposed.set(name, value),
    },
    ipcRenderer,
    webUtils: {
      getPathForFile: (file: { path?: string }) => {
        if (file.path === undefined) throw new TypeError("not a File");
        return file.path;
      },
    },
  };
  const page = new EventEmitter();
  const location = { hash: "" };
  runInNewContext(source, {
    require: (name: string) => {
      required.push(name);
      if (name !== "electron") throw new Error(`module not found: ${name}`);
      return electron;
    },
    exports: {},
    module: { exports: {} },
    location,
    addEventListener: (name: string, listener: () => void) => page.on(name, listener),
  });
  const bridge = exposed.get("loraDesk") as DesktopBridge;
  return { exposed, bridge, sent, invoked, renderer, page, location, required, answers };
}

test("it is one small script that needs Electron only", () => {
  expect(readdirSync(folder)).toEqual(["preload.cjs"]);
  expect(source.length).toBeLessThan(20_000);
  expect(new Set(runPreload().required)).toEqual(new Set(["electron"]));
});

test("the page gets request, subscribe and registerDroppedFile, and nothing else", () => {
  const { exposed, bridge } = runPreload();
  expect([...exposed.keys()]).toEqual(["loraDesk"]);
  expect(Object.keys(bridge).sort()).toEqual(["registerDroppedFile", "request", "subscribe"]);
});

test("requests are passed on; a broken channel is a failure, not a rejection", async () => {
  const { bridge, invoked, answers } = runPreload();
  answers.next = () => Promise.resolve({ ok: true, result: 3 });
  expect(await bridge.request("jobs.list", {})).toEqual({ ok: true, result: 3 });
  expect(invoked).toEqual([[ipcChannels.request, { method: "jobs.list", params: {} }]]);
  answers.next = () => Promise.reject(new Error("no handler"));
  expect(await bridge.request("jobs.list", {})).toMatchObject({
    ok: false,
    error: { kind: "unavailable" },
  });
});

test("many listeners share one subscription, which ends with the last", () => {
  const { bridge, sent, renderer } = runPreload();
  const heard: unknown[] = [];
  const endFirst = bridge.subscribe("jobs.points", "a", (data) => heard.push(["first", data]));
  const endSecond = bridge.subscribe("jobs.points", "a", (data) => heard.push(["second", data]));
  const endAll = bridge.subscribe("jobs.points", undefined, (data) => heard.push(["all", data]));
  const tell = (key: string | undefined, data: number): boolean =>
    renderer.emit(ipcChannels.event, {}, { topic: "jobs.points", ...(key && { key }), data });
  tell("a", 1);
  tell("b", 2);
  tell(undefined, 3);
  endFirst();
  endFirst();
  tell("a", 4);
  endSecond();
  endAll();
  tell("a", 5);
  expect(heard).toEqual([
    ["first", 1],
    ["second", 1],
    ["all", 3],
    ["second", 4],
  ]);
  expect(sent.map(([, message]) => message)).toEqual([
    { subscribe: "jobs.points", key: "a" },
    { subscribe: "jobs.points" },
    { unsubscribe: "jobs.points", key: "a" },
    { unsubscribe: "jobs.points" },
  ]);
});

test("a page that goes ends all of its subscriptions", () => {
  const { bridge, sent, page } = runPreload();
  bridge.subscribe("jobs.changed", undefined, () => undefined);
  bridge.subscribe("jobs.points", "a", () => undefined);
  sent.length = 0;
  page.emit("pagehide");
  expect(sent.map(([, message]) => message)).toEqual([
    { unsubscribe: "jobs.changed" },
    { unsubscribe: "jobs.points", key: "a" },
  ]);
});

test("the menu can show a place of the app", () => {
  const { renderer, location } = runPreload();
  renderer.emit(shellChannels.navigate, {}, "#/jobs/new");
  expect(location.hash).toBe("#/jobs/new");
});

test("a dropped file goes by its path; what is no file is refused", async () => {
  const { bridge, invoked, answers } = runPreload();
  answers.next = () => Promise.resolve({ ok: true, result: { fileId: "x" } });
  expect(await bridge.registerDroppedFile({ path: "/data/rows.jsonl" })).toMatchObject({
    ok: true,
  });
  expect(invoked).toEqual([[shellChannels.droppedFile, "/data/rows.jsonl"]]);
  expect(await bridge.registerDroppedFile({})).toMatchObject({
    ok: false,
    error: { kind: "invalid_input" },
  });
  expect(invoked).toHaveLength(1);
});
