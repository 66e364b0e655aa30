import { chmodSync, mkdirSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { BENCH_TIMINGS, JobBench } from "./fixtures/job-bench.ts";
import type { OpenJobSupervisorOptions } from "./open-job-supervisor.ts";

let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
});
afterEach(() => bench.close());

async function failureWith(over: Partial<OpenJobSupervisorOptions>) {
  await bench.reopen(over);
  const job = await bench.create();
  const ended = await bench.jobs.waitForEnd(job.id);
  if (ended.status !== "failed") throw new Error(`The job is ${ended.status}`);
  expect((await bench.timeline(job.id)).at(-1)?.kind).toBe("error");
  return ended.error;
}

function pythonThat(script: string): Partial<OpenJobSupervisorOptions> {
  const pythonPath = join(bench.homePath, "some-python");
  writeFileSync(pythonPath, `#!/bin/sh\n${script}\n`);
  chmodSync(pythonPath, 0o755);
  return { pythonFor: () => Promise.resolve({ pythonPath }) };
}

describe("a launch that cannot work", () => {
  it("fails with the remedy of the environment", async () => {
    const error = new AppError("environment", "There is no training environment.", {
      details: { remedy: "Build it in Settings." },
    });
    expect(await failureWith({ pythonFor: () => Promise.reject(error) })).toEqual({
      kind: "environment",
      message: "There is no training environment.",
      remedy: "Build it in Settings.",
    });
  });

  it("says what the runner said when it ends before it begins", async () => {
    const error = await failureWith(pythonThat('echo "No module named json" >&2; exit 3'));
    expect(error.kind).toBe("start_failed");
    expect(error.message).toContain("exit code 3");
    expect(error.message).toContain("No module named json");
  });

  it("says when Python itself is not there", async () => {
    const pythonPath = join(bench.homePath, "no-such-python");
    const error = await failureWith({ pythonFor: () => Promise.resolve({ pythonPath }) });
    expect(error.kind).toBe("environment");
    expect(error.message).toContain("no-such-python");
  });

  it("waits until there is room on the disk", async () => {
    await bench.reopen({ minimumFreeBytes: 1e18 });
    const { id } = await bench.create();
    expect(await bench.get(id)).toMatchObject({
      status: "queued",
      waitingFor: expect.stringContaining("are free on the disk"),
    });
    await bench.reopen();
    expect((await bench.runners.next()).attempt).toBe(1);
  });

  it("waits for the disk that the runs are kept on", async () => {
    const runsPath = join(bench.homePath, "runs");
    rmdirSync(runsPath);
    const { id } = await bench.create();
    expect(await bench.get(id)).toMatchObject({
      status: "queued",
      waitingFor: expect.stringContaining("cannot be reached: ENOENT"),
    });
    mkdirSync(runsPath);
    expect((await bench.runners.next()).attempt).toBe(1);
  });

  it("is not forgotten where its failure could not be stored", async () => {
    const { pythonPath } = bench.runners;
    const setFull = (isFull: boolean) =>
      bench.store.prepare(`PRAGMA query_only = ${isFull ? "ON" : "OFF"}`).run();
    let asked = 0;
    await bench.reopen({
      timings: { ...BENCH_TIMINGS, launchMs: 1 },
      log: (message) => {
        if (message === "A job could not be launched") setFull(false);
      },
      pythonFor: () => {
        asked += 1;
        if (asked > 1) return Promise.resolve({ pythonPath });
        setFull(true);
        return Promise.reject(new AppError("environment", "Not yet."));
      },
    });
    await bench.create();
    expect((await bench.runners.next()).attempt).toBe(2);
  });

  it("looks for the dataset and the model before it starts anything", async () => {
    unlinkSync(join(bench.homePath, "model", "config.json"));
    expect((await failureWith({})).message).toContain("The base model “tiny” is not at");
    unlinkSync(bench.dataset.path);
    expect((await failureWith({})).message).toContain("The file of the dataset “Rows” is missing");
  });

  it("leaves the devices to the next job", async () => {
    const error = new AppError("environment", "Not yet.");
    let asked = 0;
    await bench.reopen({
      pythonFor: () => {
        asked += 1;
        return asked === 1
          ? Promise.reject(error)
          : Promise.resolve({ pythonPath: bench.runners.pythonPath });
      },
    });
    await bench.create();
    const second = await bench.create();
    expect((await bench.runners.next()).run).toBe(second.runPath);
  });
});

describe("creating a job", () => {
  const gpus = () => Promise.resolve({ gpus: [{ uuid: "GPU-1" }] } as unknown as GpuReport);

  it("refuses GPUs that this machine has not, or that are named twice", async () => {
    await bench.reopen({ gpus });
    const on = (...uuids: string[]) => bench.create({ device: { kind: "cuda", uuids } });
    await expect(on("GPU-2")).rejects.toThrow("This machine has no GPU GPU-2");
    await expect(on("GPU-1", "GPU-1")).rejects.toThrow("named twice");
    const cluster = { machines: 2, rank: 2, rendezvous: "first:29500" };
    const inCluster = bench.create({ device: { kind: "cuda", uuids: ["GPU-1"], cluster } });
    await expect(inCluster).rejects.toThrow("of 2 machines it is 0 to 1");
    expect(await on("GPU-1")).toMatchObject({ status: "preparing" });
  });

  it("passes on which of several machines this is", async () => {
    await bench.reopen({ gpus });
    const cluster = { machines: 2, rank: 1, rendezvous: "first:29500" };
    const device = { kind: "cuda", uuids: ["GPU-1"], cluster } as const;
    const { id } = await bench.create({ device: { ...device, uuids: [...device.uuids] } });
    await bench.reopen({ gpus });
    expect((await bench.get(id)).device).toEqual(device);
    const { text } = await bench.jobs.requests["jobs.config"]({ id }, "local");
    expect(JSON.parse(text).device).toEqual(device);
  });

  it("passes on that there is no such dataset or model", async () => {
    await bench.reopen({
      findModel: () => {
        throw new AppError("not_found", "There is no such model.");
      },
    });
    await expect(bench.create()).rejects.toThrow("There is no such model.");
    expect(await bench.jobs.requests["jobs.list"]({}, "local")).toEqual([]);
  });
});

describe("waiting for the end of a job", () => {
  it("can be given up, and ends with the app; the run goes on", async () => {
    const job = await bench.create();
    const runner = await bench.runners.next();
    const controller = new AbortController();
    const given = bench.jobs.waitForEnd(job.id, controller.signal);
    controller.abort();
    await expect(given).rejects.toMatchObject({ kind: "cancelled" });
    const closed = bench.jobs.waitForEnd(job.id).catch((error: unknown) => error);
    await bench.reopen();
    expect(await closed).toMatchObject({ kind: "unavailable" });
    process.kill(runner.pid, 0);
    await expect(bench.jobs.waitForEnd(crypto.randomUUID())).rejects.toMatchObject({
      kind: "not_found",
    });
  });
});
