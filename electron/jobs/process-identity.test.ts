import { once } from "node:events";
import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import type { ProcessIdentity } from "../../shared/contract/run-folder.ts";
import {
  currentBootId,
  livenessOf,
  NONCE,
  startTimeInStat,
  startTimeOf,
} from "./process-identity.ts";

async function own() {
  const startTime = await startTimeOf(process.pid);
  return {
    identity: { pid: process.pid, start_time: startTime ?? "unknown" },
    bootId: (await currentBootId()) ?? "unknown",
  };
}

const alive = (identity: ProcessIdentity, bootId: string, nonce?: string) =>
  livenessOf(identity, { bootId, nonce }, currentBootId);

it("finds a running process alive", async () => {
  const { identity, bootId } = await own();
  expect(await alive(identity, bootId)).not.toBe("gone");
});

it("finds a process gone that has ended", async () => {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  const pid = child.pid ?? 0;
  const startTime = (await startTimeOf(pid)) ?? "unknown";
  const { bootId } = await own();
  expect(await alive({ pid, start_time: startTime }, bootId)).not.toBe("gone");
  child.stdin.end();
  await once(child, "exit");
  expect(await alive({ pid, start_time: startTime }, bootId)).toBe("gone");
});

it.runIf(process.platform === "linux")(
  "takes another start time or another boot for another process",
  async () => {
    const { identity, bootId } = await own();
    expect(await alive({ ...identity, start_time: "1" }, bootId)).toBe("gone");
    expect(await alive(identity, "00000000-0000-0000-0000-000000000000")).toBe("gone");
    expect(await alive({ ...identity, start_time: "unknown" }, bootId)).toBe("uncertain");
  },
);

it.runIf(process.platform === "linux")(
  "takes a process without the nonce for another",
  async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
      stdio: ["pipe", "ignore", "ignore"],
      env: { ...process.env, [NONCE]: "of-this-launch" },
    });
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    const identity = { pid, start_time: (await startTimeOf(pid)) ?? "unknown" };
    const { bootId } = await own();
    expect(await alive(identity, bootId, "of-this-launch")).toBe("alive");
    expect(await alive(identity, bootId, "of-another")).toBe("gone");
    expect(await alive(identity, bootId)).toBe("alive");
    child.stdin.end();
    await once(child, "exit");
  },
);

it.runIf(process.platform === "linux")("finds all gone after a played restart", async () => {
  const { identity, bootId } = await own();
  const played = () => Promise.resolve("played");
  expect(await livenessOf(identity, { bootId }, played)).toBe("gone");
  expect(await livenessOf(identity, { bootId: "played" }, played)).toBe("alive");
});

it("takes a zombie for gone once its last thread has ended, whatever the command is called", () => {
  const stat = (state: string, threads: number) =>
    `2718 (a) Z 1 (b) ${state} 2715 2715 6925 0 -1 4227084 1178 0 0 0 0 0 0 0 20 0 ${threads} 0 555398 0 0`;
  expect(startTimeInStat(stat("S", 1))).toBe("555398");
  expect(startTimeInStat(stat("Z", 2))).toBe("555398");
  expect(startTimeInStat(stat("Z", 1))).toBe("");
  expect(startTimeInStat(stat("X", 1))).toBe("");
});
