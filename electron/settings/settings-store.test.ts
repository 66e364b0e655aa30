import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Publish } from "../../shared/contract/contract.ts";
import { settingsSchema } from "../../shared/contract/settings.ts";
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
  expect(open().get()).toEqual(settingsSchema.parse({}));
  expect(open().get()).toMatchObject({
    theme: "system",
    modelFolders: [],
    pythonPath: null,
    llamaCppPath: null,
    isStartedAtLogin: false,
  });
  expect(store.prepare("SELECT count(*) AS n FROM settings").get()).toEqual({ n: 0 });
});

test("keeps changes over a reopening, field by field, and tells listeners", () => {
  const settings = open();
  settings.setPythonPath("/opt/python/bin/python3");
  settings.setModelFolders(["/models"]);
  settings.update({ theme: "dark" });
  const expected = settingsSchema.parse({
    theme: "dark",
    modelFolders: ["/models"],
    pythonPath: "/opt/python/bin/python3",
  });
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

test("a webhook's address is kept, and shown to nobody", async () => {
  const settings = open();
  const url = "https://hooks.example/services/T0/secret";
  const noticeHooks = {
    ...settings.get().noticeHooks,
    webhooks: [{ url, kind: "slack" as const }],
  };
  settings.update({ noticeHooks });
  expect(open().get().noticeHooks).toEqual(noticeHooks);
  const shown = [
    await settings.requests["settings.get"]({}, "local"),
    await settings.requests["settings.update"]({ theme: "dark" }, "browser"),
    published,
  ];
  expect(JSON.stringify(shown)).toContain("https://hooks.example/hidden-");
  expect(JSON.stringify(shown)).not.toContain("secret");
});

test("falls back to the defaults, and says so, when the stored value is damaged", () => {
  for (const damaged of ["{", '{"theme":"mauve"}', "[]"]) {
    logged = [];
    store.prepare("INSERT OR REPLACE INTO settings (id, value) VALUES (1, ?)").run(damaged);
    expect(open().get().theme).toBe("system");
    expect(logged).toHaveLength(1);
  }
});
