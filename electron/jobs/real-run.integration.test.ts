import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import { heartbeatSchema } from "../../shared/contract/run-folder.ts";
import { JobBench, jobInput } from "./fixtures/job-bench.ts";
import { TemporaryFolder } from "./fixtures/temporary-folder.ts";

/*
 * The real runner and the real trainer on a tiny model that is made on the spot. The python is the
 * one of LORA_DESK_PYTHON, with the packages of electron/trainer/requirements.txt.
 */
const trainerPath = fileURLToPath(new URL("../trainer", import.meta.url));
const pythonPath = process.env["LORA_DESK_PYTHON"] ?? "";

/** Enough that a stop and a kill come in the middle on a fast machine too. */
const STEPS = 160;
const hyperparameters: Partial<Hyperparameters> = {
  rank: 4,
  batch_size: 2,
  gradient_accumulation_steps: 1,
  learning_rate: 2e-3,
  epochs: 100,
  max_steps: STEPS,
  max_sequence_tokens: 128,
  validation_share: 0.1,
  evaluate_every_steps: 40,
  checkpoint_every_steps: 10,
};

const modelFolder = new TemporaryFolder();
const modelPath = join(modelFolder.path, "tiny");
const realTrainer = {
  trainerPath,
  pythonFor: () => Promise.resolve({ pythonPath }),
  findModel: (name: string) => ({ name, path: modelPath }),
};
let bench: JobBench;

beforeAll(async () => {
  if (pythonPath === "") {
    throw new Error(
      "LORA_DESK_PYTHON is not set. Point it at a Python with the packages of electron/trainer/requirements.txt, or run the tests by `npm test`, which sets one up.",
    );
  }
  const args = ["-m", "lora_trainer.tiny_model", "--out", modelPath, "--steps", "4"];
  await promisify(execFile)(pythonPath, args, { cwd: trainerPath, maxBuffer: 1e8 });
});
afterAll(() => modelFolder.remove());

beforeEach(async () => {
  bench = await JobBench.open(realTrainer);
  const rows = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ prompt: `What is ${i} plus one?`, completion: `It is ${i + 1}.` }),
  );
  const text = `${rows.join("\n")}\n`;
  writeFileSync(bench.dataset.path, text);
  bench.dataset.sha256 = createHash("sha256").update(text).digest("hex");
});
afterEach(() => bench.close());

function create(over: Partial<Hyperparameters> = {}) {
  const input = jobInput(bench.dataset);
  return bench.create({
    hyperparameters: { ...input.hyperparameters, ...hyperparameters, ...over },
  });
}

async function stepsOf(id: string): Promise<number[]> {
  const points = await bench.points(id);
  return points.filter((point) => point.trainingLoss !== null).map((point) => point.step);
}

function processesOf(runPath: string) {
  const text = readFileSync(join(runPath, "heartbeat.json"), "utf8");
  const { runner, trainer } = heartbeatSchema.parse(JSON.parse(text));
  if (trainer === null) throw new Error("The heartbeat names no trainer");
  return { runner: runner.pid, trainer: trainer.pid };
}

const allSteps = Array.from({ length: STEPS }, (_, i) => i + 1);

describe("a real run", () => {
  it("goes on while the app is killed, and the next start shows its complete curve", async () => {
    await bench.closeApp();
    writeFileSync(join(bench.homePath, "dataset.json"), JSON.stringify(bench.dataset));
    const script = fileURLToPath(new URL("./fixtures/supervisor-host.ts", import.meta.url));
    const settings = JSON.stringify({ trainerPath, modelPath, hyperparameters });
    const host = spawn(process.execPath, [script, bench.homePath, pythonPath, settings], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface({ input: host.stdout })) {
      const { topic, data } = JSON.parse(line) as {
        topic: string;
        data: { points: MetricsPoint[] };
      };
      if (topic === "jobs.points" && data.points.some(({ step }) => step >= 2)) break;
    }
    host.kill("SIGKILL");
    await once(host, "exit");

    bench.openApp(realTrainer);
    const [job] = await bench.jobs.requests["jobs.list"]({}, "local");
    const ended = await bench.jobs.waitForEnd(job?.id ?? "");
    expect(ended).toMatchObject({ status: "completed", attempt: 1, progress: { step: STEPS } });
    expect(await stepsOf(ended.id)).toEqual(allSteps);
    const validated = (await bench.points(ended.id)).filter(
      (point) => point.validationLoss !== null,
    );
    expect(validated.map((point) => point.step)).toEqual(
      expect.arrayContaining([40, 80, 120, 160]),
    );

    const [artifact] = await bench.jobs.requests["artifacts.list"]({}, "local");
    const names = artifact?.files.map((file) => file.name);
    expect(names).toEqual(
      expect.arrayContaining(["adapter_config.json", "adapter_model.safetensors"]),
    );
    expect(artifact?.quality).toMatchObject({ steps: STEPS });
    const log = await bench.jobs.requests["jobs.log"]({ id: ended.id, offset: -2000 }, "local");
    expect(log.text).not.toBe("");
  });

  it("goes on from its checkpoint after a stop, and by itself after its processes were killed", async () => {
    const job = await create();
    await bench.stepSeen(job.id, 6);
    await bench.stop(job.id);
    const stopped = await bench.jobs.waitForEnd(job.id);
    expect(stopped.status).toBe("stopped");
    await bench.resume(job.id);
    await bench.heard("jobs.timeline", ({ entries }) =>
      entries.some((entry) => entry.kind === "checkpoint" && entry.attempt === 2),
    );
    const { runner, trainer } = processesOf(job.runPath);
    // The runner first: it must not come to writing exit.json.
    process.kill(runner, "SIGKILL");
    process.kill(trainer, "SIGKILL");
    const ended = await bench.jobs.waitForEnd(job.id);
    expect(ended).toMatchObject({ status: "completed", attempt: 3 });
    expect(await stepsOf(job.id)).toEqual(allSteps);
    const resumed = (await bench.timeline(job.id)).filter(({ kind }) => kind === "resumed");
    expect(resumed.map((entry) => entry.attempt)).toEqual([2, 3]);
    expect(resumed[0]?.step).toBe(stopped.progress.step);
    expect(resumed[1]?.step).toBeGreaterThan(stopped.progress.step);
  });

  it("fails with the trainer's own words when the configuration cannot work", async () => {
    const job = await create({ target_modules: ["no_such_layer"] });
    const ended = await bench.jobs.waitForEnd(job.id);
    expect(ended.status).toBe("failed");
    const error = ended.status === "failed" ? ended.error : null;
    expect(error?.message).toContain("no_such_layer");
    expect(error?.remedy).not.toBe("");
  });
});
