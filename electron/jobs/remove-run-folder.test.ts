import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeRunFolder } from "./remove-run-folder.ts";

let home = "";
let path = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-run-folder-"));
  path = join(home, "run");
  for (const name of ["adapter", "adapter-1", "checkpoints/3"]) {
    mkdirSync(join(path, name), { recursive: true });
    writeFileSync(join(path, name, "file"), "bytes");
  }
  writeFileSync(join(path, "events.jsonl"), "");
  writeFileSync(join(home, "bystander"), "");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const left = () => readdirSync(path).toSorted();

test("nobody else names it: the whole folder goes, and a second time does no harm", async () => {
  await removeRunFolder(path, "adapter", { isWhole: false, adapterPaths: [] });
  await removeRunFolder(path, "adapter", { isWhole: false, adapterPaths: [] });
  await removeRunFolder(path, "adapter", { isWhole: true, adapterPaths: [] });
  expect(readdirSync(home)).toEqual(["bystander"]);
});

test("the run is another account's: only one's own copy of the adapter goes", async () => {
  await removeRunFolder(path, "adapter-1", { isWhole: true, adapterPaths: [] });
  expect(left()).toEqual(["adapter", "checkpoints", "events.jsonl"]);
  expect(existsSync(join(path, "adapter", "file"))).toBe(true);
});

test("another account has a copy of the adapter: that alone stays", async () => {
  await removeRunFolder(path, "adapter", { isWhole: false, adapterPaths: ["adapter-1"] });
  expect(left()).toEqual(["adapter-1"]);
  expect(existsSync(join(path, "adapter-1", "file"))).toBe(true);
});

test("what two name stays", async () => {
  await removeRunFolder(path, "adapter", { isWhole: true, adapterPaths: ["./adapter/"] });
  expect(left()).toContain("adapter");
});

test.each(["..", ".", "", "../bystander", "/", null])(
  "an adapter that is not inside (%j) takes nothing along",
  async (adapterPath) => {
    const before = left();
    await removeRunFolder(path, adapterPath, { isWhole: true, adapterPaths: [] });
    expect(left()).toEqual(before);
    await removeRunFolder(path, "adapter", {
      isWhole: false,
      adapterPaths: [adapterPath ?? "."],
    });
    // Nobody can tell what that names.
    expect(left()).toEqual(["adapter-1", "checkpoints", "events.jsonl"]);
    expect(existsSync(join(home, "bystander"))).toBe(true);
  },
);
