import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Publish } from "../../shared/contract/contract.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { openSettings } from "./settings-store.ts";

let folder: string;
let store: Store;
let published: unknown[];
let logged: string[];

const publish: Publish = (topic, data) => void published.push([topic, data]);
const log = (message: string) => void logged.push(message);
const open = () => openSettings({ store, publish, log });

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "settings-"));
  published = [];
  logged = [];
  store = openStore({ path: path.join(folder, "desk.sqlite"), log: () => undefined });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

test("starts with the defaults and writes nothing", () => {
  expect(open().get()).toEqual({
    theme: "system",
    modelFolders: [],
    pythonPath: null,
    llamaCppPath: null,
  });
  expect(store.prepare("SELECT count(*) AS n FROM settings").get()).toEqual({ n: 0 });
});

test("keeps changes over a reopening, field by field, and tells listeners", () => {
  const settings = open();
  settings.setPythonPath("/opt/python/bin/python3");
  settings.setModelFolders(["/models"]);
  settings.update({ theme: "dark" });
  const expected = {
    theme: "dark",
    modelFolders: ["/models"],
    pythonPath: "/opt/python/bin/python3",
    llamaCppPath: null,
  };
  expect(open().get()).toEqual(expected);
  expect(published.at(-1)).toEqual(["settings.changed", expected]);
  expect(published).toHaveLength(3);
});

test("an update that names no theme leaves the theme", async () => {
  const settings = open();
  settings.update({ theme: "light" });
  await settings.requests["settings.update"]({ theme: undefined }, "browser");
  expect(settings.get().theme).toBe("light");
});

test("falls back to the defaults, and says so, when the stored value is damaged", () => {
  for (const damaged of ["{", '{"theme":"mauve"}', "[]"]) {
    logged = [];
    store.prepare("INSERT OR REPLACE INTO settings (id, value) VALUES (1, ?)").run(damaged);
    expect(open().get().theme).toBe("system");
    expect(logged).toHaveLength(1);
  }
});
