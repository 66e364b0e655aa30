import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../bench/trainer/python-program.ts";

const fixtures = join(repository, "electron", "gpus", "fixtures");

/**
 * Four GPUs that only `nvidia-smi` knows of, and nobody computes on.
 *
 * @param folder in which the program and what it says are put.
 * @returns their UUIDs, found nowhere else, and the environment in which the program is found.
 */
export function pretendGpus(folder: string): { uuids: string[]; env: NodeJS.ProcessEnv } {
  const programs = join(folder, "programs");
  const machine = join(folder, "machine");
  for (const path of [programs, machine]) mkdirSync(path, { recursive: true });
  const uuids: string[] = [];
  const table = readFileSync(join(fixtures, "four-a100", "gpus.csv"), "utf8");
  const own = table.replaceAll(/GPU-[0-9a-f-]+/g, () => {
    const uuid = `GPU-${randomUUID()}`;
    uuids.push(uuid);
    return uuid;
  });
  writeFileSync(join(machine, "gpus.csv"), own);
  const program = join(programs, "nvidia-smi");
  const replay = join(fixtures, "replay-nvidia-smi.js");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${replay}" "$@"\n`);
  chmodSync(program, 0o755);
  const env = { PATH: `${programs}:${process.env["PATH"] ?? ""}`, FIXTURE_MACHINE: machine };
  return { uuids, env };
}
