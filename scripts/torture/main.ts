import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { preparePython } from "../test/prepare-python.ts";
import { repository } from "../bench/trainer/python-program.ts";
import { SeededRandom } from "./seeded-random.ts";
import { makeTinyTask } from "./tiny-task.ts";
import { tortureLeases } from "./torture-leases.ts";
import { tortureRuns } from "./torture-runs.ts";
import { VICTIMS } from "./victims.ts";

/*
 * `npm run torture`: kills what must not be able to lose a run, at random moments, while tiny runs
 * train; then looks whether anything was lost. Prints one JSON line; ends with 1 if anything was.
 * Linux only: it looks into /proc.
 *
 *   --kills N    how often (100)
 *   --victim V   core, runner, trainer, reboot, or all of them by turns (core)
 *   --seed S     of the random moments
 *   --jobs J     runs that are under way or queued at any time (2)
 *   --steps N    of each run; few where a run has only one to be killed, its runner
 *   --desks D    data folders side by side, each with its own core (2)
 *   --keep       leaves the folder of the torture for a look
 *
 * `npm run torture -- --leases`: jobs of unreliable processes on four pretended GPUs, on which an
 * observer from outside must never see two runs at once.
 *
 *   --jobs J     so many (50)
 */
const victims = [...VICTIMS, "all"] as const;
const { values } = parseArgs({
  options: {
    leases: { type: "boolean", default: false },
    kills: { type: "string", default: "100" },
    victim: { type: "string", default: "core" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    jobs: { type: "string" },
    steps: { type: "string" },
    desks: { type: "string", default: String(Math.min(2, availableParallelism())) },
    keep: { type: "boolean", default: false },
  },
});
const victim = victims.find((one) => one === values.victim);
if (victim === undefined) {
  console.error(`--victim is one of: ${victims.join(", ")}`);
  process.exit(2);
}
const seed = Number(values.seed);
const began = performance.now();
const seconds = () => Math.round((performance.now() - began) / 100) / 10;
const folder = realpathSync(mkdtempSync(join(tmpdir(), "lora-desk-torture-")));
const say = (message: string) => console.error(`${seconds().toFixed(1).padStart(7)} s  ${message}`);
const python = process.env["LORA_DESK_PYTHON"] || (await preparePython(repository));
say("Making a tiny base model");
const task = await makeTinyTask(python, folder);
const shared = { random: new SeededRandom(seed), python, task, folder, say };
const isFaultless = values.leases ? await leases() : await runs();
if (isFaultless && !values.keep) rmSync(folder, { recursive: true });
else console.error(`What was left is in ${folder}`);
process.exitCode = isFaultless ? 0 : 1;

async function leases(): Promise<boolean> {
  const result = await tortureLeases({ ...shared, jobs: Number(values.jobs ?? 50) });
  console.log(JSON.stringify({ ...result, seconds: seconds(), seed }));
  const { overlaps, jobsLost, jobsUnseen } = result;
  return overlaps + jobsLost + jobsUnseen === 0;
}

async function runs(): Promise<boolean> {
  if (victim === undefined) return false;
  const result = await tortureRuns({
    ...shared,
    kills: Number(values.kills),
    victim,
    steps: Number(values.steps ?? (victim === "runner" ? 60 : 400)),
    jobs: Number(values.jobs ?? 2),
    desks: Number(values.desks),
  });
  const { kills, runs: count, attempts, ...faults } = result;
  const counts = { kills, victim, runs: count, attempts, ...faults };
  console.log(JSON.stringify({ ...counts, seconds: seconds(), seed }));
  return Object.values(faults).every((found) => found === 0);
}
