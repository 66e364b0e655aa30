import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { checkDiskSpace, neededBytes } from "./disk-space.ts";

test("more is needed where torch brings CUDA", () => {
  expect(neededBytes("linux", true)).toBeGreaterThan(neededBytes("linux", false));
  expect(neededBytes("darwin", false)).toBe(neededBytes("linux", false));
});

test("says how much is missing, and where", async () => {
  const root = mkdtempSync(path.join(tmpdir(), "disk-"));
  const folder = path.join(root, "home", "python");
  await checkDiskSpace(folder, 1);
  expect(existsSync(folder)).toBe(true);
  await expect(checkDiskSpace(folder, 1e18)).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining(folder),
    details: { neededBytes: 1e18 },
  });
  rmSync(root, { recursive: true });
});
