import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Notice } from "../../shared/contract/notifications.ts";
import { runCommand } from "./run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "run-command-"));
afterAll(() => rmSync(folder, { recursive: true }));
const going = new AbortController().signal;
const notice: Notice = {
  id: "0b0e7e5c-2f43-8a63-9d3c-6b7a0f3a1c55",
  type: "job_completed",
  title: "Done: $(touch evil); `x`",
  message: "“quotes” and\nlines",
  priority: "normal",
  isRead: false,
  actionUrl: null,
  createdAt: "2026-03-01T10:00:00.000Z",
};
const script = (text: string): string[] => {
  const path = join(folder, `script-${text.length}.mjs`);
  writeFileSync(path, text);
  return [process.execPath, path];
};

test("a program gets the notice on its standard input, without a shell", async () => {
  const command = script(`
    import { readFileSync, writeFileSync } from "node:fs";
    writeFileSync("got.json", JSON.stringify({ args: process.argv.slice(2), notice: JSON.parse(readFileSync(0, "utf8")) }));
  `);
  const answer = await runCommand([...command, "$HOME; rm x"], notice, going, { cwd: folder });
  expect(answer).toEqual({ isDelivered: true });
  expect(JSON.parse(readFileSync(join(folder, "got.json"), "utf8"))).toEqual({
    args: ["$HOME; rm x"],
    notice,
  });
});

test("one that fails, one that is missing, and one that does not end", async () => {
  const run = (command: string[], timeoutMs?: number) =>
    runCommand(command, notice, going, {
      cwd: folder,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  expect(await run(script("process.exit(3)"))).toEqual({
    isDelivered: false,
    problem: `${process.execPath} failed (exit code 3).`,
    canTryAgain: true,
  });
  expect(await run(["no-such-program-at-all"])).toMatchObject({
    isDelivered: false,
    canTryAgain: false,
  });
  expect(await run(script("setInterval(() => undefined, 1000)"), 300)).toMatchObject({
    isDelivered: false,
    problem: expect.stringContaining("did not end"),
    canTryAgain: true,
  });
});
