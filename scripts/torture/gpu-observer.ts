import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { startTimeInStat } from "../../electron/jobs/process-identity.ts";
import { findOverlaps, type GpuHolder, type Overlap } from "./gpu-overlaps.ts";

/*
 * Looks at the processes of the machine, knowing nothing of the app: which trainers have which of
 * the given GPUs? A process of its own, from SIGTERM on one line of what it saw.
 *
 *   gpu-observer.ts UUID...
 */
export interface Observation {
  looks: number;
  overlaps: Overlap[];
  /** Attempts that were seen on a GPU. */
  attempts: number;
  /** The runs they belonged to, by their folders. */
  runs: string[];
  /** GPUs in use at the same instant, at most. */
  mostGpus: number;
}

const LOOK_EVERY_MS = 20;
const uuids = new Set(process.argv.slice(2));
const attempts = new Set<string>();
const runs = new Set<string>();
const overlaps = new Map<string, Overlap>();
let looks = 0;
let mostGpus = 0;
const ending = new AbortController();
process.on("SIGTERM", () => ending.abort());

console.log("looking");
while (!ending.signal.aborted) {
  const holders = lookAround();
  for (const overlap of findOverlaps(holders, isStillAlive)) {
    overlaps.set(JSON.stringify(overlap), overlap);
  }
  looks += 1;
  mostGpus = Math.max(mostGpus, new Set(holders.flatMap((holder) => holder.uuids)).size);
  await delay(LOOK_EVERY_MS);
}
const observation: Observation = {
  looks,
  overlaps: [...overlaps.values()],
  attempts: attempts.size,
  runs: [...runs],
  mostGpus,
};
console.log(JSON.stringify(observation));

function lookAround(): GpuHolder[] {
  const names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return names.flatMap((name) => {
    const words = read(`/proc/${name}/cmdline`).split("\0");
    if (!words.some((word) => word.startsWith("lora_trainer."))) return [];
    const environment = read(`/proc/${name}/environ`).split("\0");
    const visible = valueOf(environment, "CUDA_VISIBLE_DEVICES").split(",");
    const own = visible.filter((uuid) => uuids.has(uuid));
    if (own.length === 0) return [];
    const pid = Number(name);
    const nonce = valueOf(environment, "LORA_DESK_NONCE");
    attempts.add(nonce);
    runs.add(words[words.indexOf("--run") + 1] ?? "");
    return [{ pid, startTime: startTimeOf(pid), nonce, uuids: own }];
  });
}

function isStillAlive({ pid, startTime }: GpuHolder): boolean {
  return startTime !== "" && startTimeOf(pid) === startTime;
}

function startTimeOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat === "" ? "" : startTimeInStat(stat);
}

function valueOf(environment: readonly string[], name: string): string {
  return environment.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended, or is not ours to look at
  }
}
