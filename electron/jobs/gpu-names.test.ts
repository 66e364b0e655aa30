import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { reportOfOne } from "./fixtures/gpu-report.ts";
import { JobBench } from "./fixtures/job-bench.ts";
import { GpuNames } from "./gpu-names.ts";

const REPORT = reportOfOne("GPU-1", "NVIDIA A100");
const NAMED = "GPU 0 (NVIDIA A100)";

describe("a job that waits for a GPU", () => {
  let bench: JobBench;
  beforeEach(async () => {
    bench = await JobBench.open();
  });
  afterEach(() => bench.close());

  it("calls it what people call it, as soon as the driver has told", async () => {
    const device = { kind: "cuda" as const, uuids: ["GPU-1"] };
    await bench.create({ name: "first", device });
    await bench.runners.next();
    const { id } = await bench.create({ name: "second", device });
    const known = Promise.withResolvers<GpuReport>();
    await bench.reopen({ gpus: () => known.promise });
    const waits = (words: string) =>
      bench.heard(
        "jobs.changed",
        (job) => job.id === id && job.status === "queued" && job.waitingFor === words,
      );
    await waits("“first” is running on GPU-1.");
    known.resolve(REPORT);
    await waits(`“first” is running on ${NAMED}.`);
    expect(await bench.get(id)).toMatchObject({ waitingFor: `“first” is running on ${NAMED}.` });
  });
});

describe("GpuNames", () => {
  it("asks again after a failure, and then no more", async () => {
    const answers = [() => Promise.reject(new Error("No answer")), () => Promise.resolve(REPORT)];
    const logged: string[] = [];
    let learnt = 0;
    const names = new GpuNames({
      report: () => answers.shift()?.() ?? Promise.reject(new Error("Asked once too often")),
      onLearnt: () => (learnt += 1),
      log: (message) => logged.push(message),
    });
    expect(names.labelOf("the CPU")).toBe("the CPU");
    await names.learn(["GPU-1"]);
    expect(logged).toHaveLength(1);
    expect(answers).toHaveLength(1);
    expect(names.labelOf("GPU-1")).toBe("GPU-1");
    await names.learn(["GPU-1"]);
    expect(names.labelOf("GPU-1")).toBe(NAMED);
    await names.learn(["GPU-1"]);
    expect(logged).toHaveLength(1);
    expect(learnt).toBe(1);
  });
});
