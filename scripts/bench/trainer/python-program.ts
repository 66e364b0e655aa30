import { join } from "node:path";
import { execa } from "execa";
import { pythonProcessEnv } from "../../../electron/python/python-process-env.ts";

export const repository = join(import.meta.dirname, "..", "..", "..");
export const trainerPath = join(repository, "electron", "trainer");

/** The same for every Python of the benchmark, so that none has other threads or another device. */
export function benchEnv(gpu: string | null): NodeJS.ProcessEnv {
  return {
    ...pythonProcessEnv(process.env),
    HF_HUB_OFFLINE: "1",
    TOKENIZERS_PARALLELISM: "false",
    CUDA_VISIBLE_DEVICES: gpu ?? "",
  };
}

/**
 * Runs one of the programs beside this file; our own trainer's modules can be imported by it where
 * `canImportTrainer`.
 *
 * @returns what it printed.
 * @throws with the last lines of what it said.
 */
export async function runPython(
  python: string,
  program: string,
  args: readonly string[],
  { gpu, canImportTrainer = false }: { gpu: string | null; canImportTrainer?: boolean },
): Promise<string> {
  const ended = await execa(python, [join(import.meta.dirname, program), ...args], {
    env: { ...benchEnv(gpu), ...(canImportTrainer ? { PYTHONPATH: trainerPath } : {}) },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  if (!ended.failed) return ended.stdout;
  const said = ended.stderr.split("\n").slice(-15).join("\n");
  throw new Error(
    `${program} failed (${ended.exitCode ?? ended.signal ?? "not started"}):\n${said}`,
  );
}
