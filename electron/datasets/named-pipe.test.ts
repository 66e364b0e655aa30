import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileHash } from "./file-hash.ts";
import { TestLibrary } from "./fixtures/test-library.ts";

describe.skipIf(process.platform === "win32")("a named pipe to which nobody writes", () => {
  let desk: TestLibrary;
  let path: string;
  beforeEach(async () => {
    desk = new TestLibrary();
    path = join(desk.home, "rows.jsonl");
    await execa("mkfifo", [path]);
  });
  afterEach(async () => {
    // Releases whoever waits for a writer after all, or the library could not close.
    closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    await desk.close();
  });

  test("is refused as a dataset", async () => {
    expect(await desk.import({ kind: "path", path })).toMatchObject({
      status: "rejected",
      failure: {
        kind: "invalid_input",
        message: expect.stringContaining("not a regular file. Choose a .jsonl") as string,
      },
    });
  });

  test("has no hash", async () => {
    expect(await fileHash(path)).toBeUndefined();
  });
});
