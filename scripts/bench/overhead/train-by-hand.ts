import { copyFileSync, mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { benchEnv, trainerPath } from "../trainer/python-program.ts";

/** The trainer as somebody without the app runs it: the same configuration, a folder of its own. */
export async function trainByHand(
  python: string,
  configPath: string,
  folder: string,
  gpu: string | null,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  copyFileSync(configPath, join(folder, "config.json"));
  const log = await open(join(folder, "log.txt"), "a");
  try {
    const command = ["-m", "lora_trainer.train", "--run", folder, "--attempt", "1"];
    await execa(python, command, {
      cwd: trainerPath,
      env: benchEnv(gpu),
      extendEnv: false,
      stdin: "ignore",
      // A file takes what is said without anybody having to listen.
      stdout: log.fd as 9,
      stderr: log.fd as 9,
    });
  } finally {
    await log.close();
  }
}
