import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { expect, it } from "vitest";
import type { Heartbeat } from "../../shared/contract/run-folder.ts";
import { JOB_TIMINGS } from "./job-timings.ts";
import { currentBootId, NONCE } from "./process-identity.ts";
import { presenceOf } from "./run-presence.ts";

it.runIf(process.platform === "linux")(
  "sees a trainer whose runner was killed before it could name it",
  async () => {
    const nonce = randomUUID();
    const trainer = spawn(process.execPath, ["-e", "process.stdin.resume(); console.log(1)"], {
      env: { ...process.env, [NONCE]: nonce },
      stdio: ["pipe", "pipe", "ignore"],
    });
    await once(trainer.stdout, "data");
    const heartbeat: Heartbeat = {
      v: 1,
      ts: Date.now() / 1000,
      attempt: 1,
      boot_id: (await currentBootId()) ?? "",
      nonce,
      // No process can have begun then.
      runner: { pid: 1, start_time: "-1" },
      trainer: null,
      phase: "starting",
      gpus: [],
    };
    const presence = () =>
      presenceOf({
        heartbeat,
        runner: null,
        startedAt: new Date().toISOString(),
        now: new Date(),
        timings: JOB_TIMINGS,
        bootId: currentBootId,
      });
    expect(await presence()).toBe("present");
    trainer.stdin.end();
    await once(trainer, "close");
    expect(await presence()).toBe("gone");
  },
);
