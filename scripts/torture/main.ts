import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CHUNK_BYTES } from "../../electron/transfers/resumable-upload.ts";
import { preparePython } from "../test/prepare-python.ts";
import { repository } from "../bench/trainer/python-program.ts";
import { SeededRandom } from "./seeded-random.ts";
import { makeTinyTask } from "./tiny-task.ts";
import { tortureLeases } from "./torture-leases.ts";
import { tortureRuns } from "./torture-runs.ts";
import { tortureSync } from "./torture-sync.ts";
import { openTortureProject } from "./transfers/torture-project.ts";
import { tortureTransfers } from "./transfers/torture-transfers.ts";
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
 *
 * `npm run torture -- --sync`: kills the core while it syncs rows, points and files with a project
 * on this machine; then the data folder, the project's tables and its storage must agree.
 *
 *   --kills N    how often (100)
 *
 * `npm run torture -- --transfers`: moves one large file to a project on this machine and from it to
 * another data folder, cuts the connections at random bytes and kills the process now and then; the
 * file must arrive byte for byte, and no interruption may cost more than one chunk.
 *
 *   --megabytes N       of the file (1000)
 *   --cuts N            in each direction (50)
 *   --cuts-per-kill N   after every so many cuts the process is killed, too (10)
 */
const victims = [...VICTIMS, "all"] as const;
const { values } = parseArgs({
  options: {
    leases: { type: "boolean", default: false },
    sync: { type: "boolean", default: false },
    transfers: { type: "boolean", default: false },
    megabytes: { type: "string", default: "1000" },
    cuts: { type: "string", default: "50" },
    "cuts-per-kill": { type: "string", default: "10" },
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
const random = new SeededRandom(seed);
const torture = values.sync ? sync : values.transfers ? transfers : values.leases ? leases : runs;
const isFaultless = await torture();
if (isFaultless && !values.keep) rmSync(folder, { recursive: true });
else console.error(`What was left is in ${folder}`);
process.exitCode = isFaultless ? 0 : 1;

async function prepare() {
  const python = process.env["LORA_DESK_PYTHON"] || (await preparePython(repository));
  say("Making a tiny base model");
  return { random, python, task: await makeTinyTask(python, folder), folder, say };
}

async function sync(): Promise<boolean> {
  const result = await tortureSync({ kills: Number(values.kills), random, folder, say });
  console.log(JSON.stringify({ ...result, seconds: seconds(), seed }));
  const { kills: _kills, rows: _rows, points: _points, files: _files, ...rest } = result;
  const { killedAtWork: _killed, ...faults } = rest;
  return Object.values(faults).every((found) => found === 0);
}

async function transfers(): Promise<boolean> {
  const project = await openTortureProject();
  try {
    const bytes = Number(values.megabytes) * 1_000_000;
    const cuts = Number(values.cuts);
    const cutsPerKill = Number(values["cuts-per-kill"]);
    const shared = { project, folder, random, say };
    const result = await tortureTransfers({ ...shared, bytes, cuts, cutsPerKill });
    console.log(JSON.stringify({ bytes, ...result, seconds: seconds(), seed }));
    return Object.values(result).every(
      ({ isEqual, worstWasteBytes }) => isEqual && worstWasteBytes <= CHUNK_BYTES,
    );
  } finally {
    await project.close();
  }
}

async function leases(): Promise<boolean> {
  const shared = await prepare();
  const result = await tortureLeases({ ...shared, jobs: Number(values.jobs ?? 50) });
  console.log(JSON.stringify({ ...result, seconds: seconds(), seed }));
  const { overlaps, jobsLost, jobsUnseen } = result;
  return overlaps + jobsLost + jobsUnseen === 0;
}

async function runs(): Promise<boolean> {
  if (victim === undefined) return false;
  const result = await tortureRuns({
    ...(await prepare()),
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
