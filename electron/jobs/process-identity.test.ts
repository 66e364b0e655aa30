import { once } from "node:events";
import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { currentBootId, livenessOf, startTimeOf } from "./process-identity.ts";

async function own() {
  const startTime = await startTimeOf(process.pid);
  return {
    identity: { pid: process.pid, start_time: startTime ?? "unknown" },
    bootId: (await currentBootId()) ?? "unknown",
  };
}

it("finds a running process alive", async () => {
  const { identity, bootId } = await own();
  expect(await livenessOf(identity, bootId)).not.toBe("gone");
});

it("finds a process gone that has ended", async () => {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  const pid = child.pid ?? 0;
  const startTime = (await startTimeOf(pid)) ?? "unknown";
  const { bootId } = await own();
  expect(await livenessOf({ pid, start_time: startTime }, bootId)).not.toBe("gone");
  child.stdin.end();
  await once(child, "exit");
  expect(await livenessOf({ pid, start_time: startTime }, bootId)).toBe("gone");
});

it.runIf(process.platform === "linux")(
  "takes another start time or another boot for another process",
  async () => {
    const { identity, bootId } = await own();
    expect(await livenessOf({ ...identity, start_time: "1" }, bootId)).toBe("gone");
    expect(await livenessOf(identity, "00000000-0000-0000-0000-000000000000")).toBe("gone");
    expect(await livenessOf({ ...identity, start_time: "unknown" }, bootId)).toBe("uncertain");
  },
);
