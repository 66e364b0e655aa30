import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { checkDiskSpace, spaceNeed } from "./disk-space.ts";

const linux = { platform: "linux", arch: "x64", env: {}, hasGpu: false } as const;

test("torch for Linux on x64 brings CUDA even where there is no GPU", () => {
  expect(spaceNeed(linux)).toEqual({ bytes: 6e9, bringsCuda: true });
  expect(spaceNeed({ ...linux, env: { PIP_FIND_LINKS: "" } }).bytes).toBe(6e9);
});

test.each([
  ["with another package source", { env: { PIP_FIND_LINKS: "/wheels" } }],
  ["with another index", { env: { PIP_EXTRA_INDEX_URL: "https://mirror" } }],
  ["on another processor", { arch: "arm64" }],
  ["on another system", { platform: "darwin" as const }],
])("less is needed %s", (_where, difference) => {
  expect(spaceNeed({ ...linux, ...difference })).toEqual({ bytes: 2e9, bringsCuda: false });
});

test("with a GPU, torch has CUDA wherever it comes from", () => {
  const env = { PIP_INDEX_URL: "https://mirror" };
  expect(spaceNeed({ ...linux, env, hasGpu: true }).bringsCuda).toBe(true);
});

test("says how much is missing, and where", async () => {
  const root = mkdtempSync(path.join(tmpdir(), "disk-"));
  const folder = path.join(root, "home", "python");
  await checkDiskSpace(folder, { bytes: 1, bringsCuda: false });
  expect(existsSync(folder)).toBe(true);
  await expect(checkDiskSpace(folder, { bytes: 1e18, bringsCuda: true })).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining(`${folder} (torch for Linux comes with its CUDA libraries)`),
    details: { neededBytes: 1e18 },
  });
  rmSync(root, { recursive: true });
});
