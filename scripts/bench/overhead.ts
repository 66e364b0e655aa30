import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { CoreClient } from "../../shared/contract/contract.ts";
import { jobInputSchema, type Job, type JobOf } from "../../shared/contract/jobs.ts";
import { runEventSchema } from "../../shared/contract/run-folder.ts";
import {
  prepareDataset,
  prepareEnvironment,
  prepareTinyModel,
} from "../../electron/quickstart/prepare-run.ts";
import { sampleHyperparameters } from "../../electron/quickstart/sample-hyperparameters.ts";
import { until } from "../../electron/quickstart/until.ts";
import { preparePython } from "../test/prepare-python.ts";
import type { BenchResult } from "./bench.ts";
import { median } from "./metrics/median.ts";
import { withDesk } from "./overhead/desk.ts";
import { trainByHand } from "./overhead/train-by-hand.ts";
import { repository } from "./trainer/python-program.ts";
import { tokensPerSecond } from "./trainer/step-rate.ts";

/**
 * What the app costs a run that it looks after: the core open in a process of its own, the GPU
 * monitor on, and a window that listens to the run's points, history, log and to the GPUs; against
 * the same trainer with the same configuration, started by hand with nothing beside it. In pairs,
 * the order changing from pair to pair; the ratio is the median over the pairs.
 *
 *   --pairs N    five unless told
 *   --steps N    of each run
 *   --gpu        on the first GPU instead of the CPU
 */
export async function run(options: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args: options,
    options: {
      pairs: { type: "string", default: "5" },
      steps: { type: "string", default: "600" },
      gpu: { type: "boolean", default: false },
    },
  });
  const python = process.env["LORA_DESK_PYTHON"] || (await preparePython(repository));
  const folder = mkdtempSync(join(tmpdir(), "lora-desk-bench-overhead-"));
  try {
    return await compare(python, folder, Number(values.pairs), Number(values.steps), values.gpu);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(
  python: string,
  folder: string,
  pairs: number,
  steps: number,
  isOnGpu: boolean,
): Promise<BenchResult> {
  const home = join(folder, "home");
  const input = await withDesk(home, python, ({ client }) =>
    prepare(client, folder, steps, isOnGpu),
  );
  const gpu = input.device.kind === "cuda" ? (input.device.uuids[0] ?? null) : null;
  const ofApp: number[] = [];
  const byHand: number[] = [];
  const shares: number[] = [];
  const underApp = async (): Promise<string> =>
    withDesk(home, python, async (desk) => {
      const before = { cpuSeconds: await desk.cpuSeconds(), atMs: performance.now() };
      const job = await trainAndWatch(desk.client, input);
      const seconds = (performance.now() - before.atMs) / 1000;
      shares.push(((await desk.cpuSeconds()) - before.cpuSeconds) / seconds / cpus().length);
      ofApp.push(rateOf(job.runPath));
      return job.runPath;
    });
  // Unmeasured: the row cache is made, files come into memory.
  const configPath = join(await underApp(), "config.json");
  ofApp.length = 0;
  const alone = async (pair: number): Promise<void> => {
    const own = join(folder, `by-hand-${pair}`);
    await trainByHand(python, configPath, own, gpu);
    byHand.push(rateOf(own));
  };
  for (let pair = 1; pair <= pairs; pair++) {
    console.error(`Pair ${pair} of ${pairs}`);
    if (pair % 2 === 0) await alone(pair);
    await underApp();
    if (pair % 2 === 1) await alone(pair);
  }
  const ratios = ofApp.map((rate, pair) => rate / (byHand[pair] ?? Number.NaN));
  return {
    name: "overhead",
    unit: "tokens/s",
    figure: Math.round(median(ofApp)),
    peer: "the same trainer started by hand, no app open",
    peerFigure: Math.round(median(byHand)),
    ratio: round(median(ratios)),
    details: {
      pairs,
      steps,
      device: isOnGpu ? gpu : "cpu",
      tokensPerSecond: { underApp: ofApp.map(Math.round), byHand: byHand.map(Math.round) },
      ratios: ratios.map(round),
      // What the core itself takes of the machine's processors: the app's cost without the noise.
      coreShareOfProcessors: round(median(shares)),
      spread: {
        ratio: { lowest: round(Math.min(...ratios)), highest: round(Math.max(...ratios)) },
        underApp: round(spreadOf(ofApp)),
        byHand: round(spreadOf(byHand)),
      },
    },
  };
}

async function prepare(client: CoreClient, folder: string, steps: number, isOnGpu: boolean) {
  const quiet = () => undefined;
  await prepareEnvironment(client, quiet);
  const model = await prepareTinyModel(client, quiet);
  const path = join(folder, "rows.jsonl");
  const rows = Array.from({ length: 2000 }, (_, row) => ({
    prompt: `How much is ${row} and ${row + 7}, and why?`,
    completion: `It is ${2 * row + 7}, for ${row} and ${row} are ${2 * row}, and seven more.`,
  }));
  writeFileSync(path, `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
  const dataset = await prepareDataset(client, { kind: "path", path }, quiet);
  return jobInputSchema.parse({
    name: "Overhead",
    datasetId: dataset.id,
    modelId: model.id,
    presetId: "custom",
    hyperparameters: { ...sampleHyperparameters, epochs: 1000, max_steps: steps },
    device: isOnGpu ? { kind: "cuda", uuids: [await firstGpu(client)] } : { kind: "cpu" },
  });
}

async function firstGpu(client: CoreClient): Promise<string> {
  const { gpus } = await client.request("gpus.report", {});
  const uuid = gpus.find((gpu) => gpu.uuid !== null)?.uuid ?? null;
  if (uuid === null) throw new Error("No GPU was found.");
  return uuid;
}

/** As a window with the job's page open: everything about it is listened to, and the GPUs are. */
async function trainAndWatch(
  client: CoreClient,
  input: ReturnType<typeof jobInputSchema.parse>,
): Promise<JobOf<"completed">> {
  const endings = [client.subscribe("gpus.changed", () => undefined)];
  let id = "";
  let told = 0;
  try {
    const ended = await until<"jobs.changed", Job>(client, "jobs.changed", undefined, {
      start: async () => {
        const job = await client.request("jobs.create", input);
        id = job.id;
        endings.push(
          client.subscribe("jobs.points", ({ points }) => void (told += points.length), id),
          client.subscribe("jobs.timeline", () => undefined, id),
          client.subscribe("jobs.logGrew", () => undefined, id),
        );
        return job;
      },
      settle: (job) =>
        job.id === id && ["completed", "failed", "stopped"].includes(job.status) ? job : undefined,
    });
    if (ended.status !== "completed") throw new Error(`The run ended as ${ended.status}.`);
    if (told === 0) throw new Error("The window was told of no points.");
    return ended;
  } finally {
    for (const end of endings) end();
  }
}

function rateOf(runPath: string): number {
  const lines = readFileSync(join(runPath, "events.jsonl"), "utf8").split("\n");
  const events = lines.filter(Boolean).map((line) => runEventSchema.parse(JSON.parse(line)));
  return tokensPerSecond(events.filter((event) => event.type === "step"));
}

/** From the lowest to the highest, as a share of the median. */
function spreadOf(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
