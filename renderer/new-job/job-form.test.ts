import { describe, expect, it } from "vitest";
import type { ReadyDataset } from "../../shared/contract/datasets.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { jobInputSchema } from "../../shared/contract/jobs.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { readHyperparameters } from "./hyperparameter-texts.ts";
import { CPU, changeForm, deviceOf, jobInput, startForm } from "./job-form.ts";
import type { FormStart, JobChoice } from "./job-form.ts";
import { startConditions } from "./start-conditions.ts";
import type { StartSituation } from "./start-conditions.ts";

const FIRST = "00000000-0000-4000-8000-000000000001";
const SECOND = "00000000-0000-4000-8000-000000000002";

const dataset = (id: string): ReadyDataset =>
  ({ id, name: "rows", status: "ready", statistics: { rows: 100 } }) as ReadyDataset;
const model = (id: string, contextTokens: number | null = null): ReadyModel =>
  ({
    id,
    name: "org/base",
    path: `/models/${id}`,
    status: "ready",
    details: { contextTokens },
  }) as ReadyModel;
const report = (uuids: readonly string[], driver: GpuReport["driver"]["state"] = "ready") =>
  ({
    driver: { state: driver, message: "The driver does not answer.", remedy: "Restart." },
    gpus: uuids.map((uuid, index) => ({ uuid, index })),
  }) as unknown as GpuReport;

function begin(change: Partial<FormStart> = {}) {
  return startForm({ datasets: [], models: [], jobs: [], wished: {}, ...change });
}

function choiceOf(change: Partial<JobChoice> = {}): JobChoice {
  return {
    dataset: dataset(FIRST),
    model: model("a"),
    name: "rows on base",
    device: { kind: "cpu" },
    hyperparameters: readHyperparameters(begin().texts),
    ...change,
  };
}

describe("the start of the form", () => {
  it("chooses the only dataset and the only model, and none of several", () => {
    const one = begin({ datasets: [dataset(FIRST)], models: [model("a")] });
    expect(one).toMatchObject({ datasetId: FIRST, modelId: "a", presetId: "balanced" });
    const two = begin({
      datasets: [dataset(FIRST), dataset(SECOND)],
      models: [model("a"), model("b")],
    });
    expect(two).toMatchObject({ datasetId: null, modelId: null });
  });

  it("takes what the address asks for, if it is there", () => {
    const datasets = [dataset(FIRST), dataset(SECOND)];
    expect(begin({ datasets, wished: { dataset: SECOND } }).datasetId).toBe(SECOND);
    expect(begin({ datasets, wished: { dataset: "gone" } }).datasetId).toBeNull();
  });

  it("repeats the choices of another job", () => {
    const job = {
      id: FIRST,
      dataset: { id: SECOND, name: "rows" },
      baseModel: { name: "base", path: "/models/b" },
      presetId: "custom",
      hyperparameters: { ...HYPERPARAMETER_PRESETS.balanced, rank: 3 },
      device: { kind: "cuda", uuids: ["GPU-1"] },
    } as unknown as Job;
    const form = begin({
      datasets: [dataset(FIRST), dataset(SECOND)],
      models: [model("a"), model("b")],
      jobs: [job],
      wished: { from: FIRST },
    });
    expect(form).toMatchObject({
      datasetId: SECOND,
      modelId: "b",
      presetId: "custom",
      device: ["GPU-1"],
      texts: { rank: "3" },
    });
  });
});

describe("changes", () => {
  it("makes the preset custom when a value is changed, and only then", () => {
    const form = begin();
    const same = changeForm(form, { type: "value", field: "rank", text: form.texts.rank });
    expect(same.presetId).toBe("balanced");
    const other = changeForm(form, { type: "value", field: "rank", text: "17" });
    expect(other).toMatchObject({ presetId: "custom", texts: { rank: "17" } });
  });

  it("puts in a preset's values, and keeps the present ones under custom", () => {
    const aggressive = changeForm(begin(), { type: "preset", id: "aggressive" });
    expect(aggressive.texts.rank).toBe("64");
    const custom = changeForm(aggressive, { type: "preset", id: "custom" });
    expect(custom).toMatchObject({ presetId: "custom", texts: { rank: "64" } });
  });

  it("amounts to a request that the core accepts, or to none", () => {
    const form = begin();
    const input = jobInput(form, choiceOf());
    expect(jobInputSchema.safeParse(input).success).toBe(true);
    expect(jobInput(form, choiceOf({ dataset: undefined }))).toBeNull();
    expect(jobInput(form, choiceOf({ name: "  " }))).toBeNull();
    const wrong = readHyperparameters({ ...form.texts, rank: "" });
    expect(jobInput(form, choiceOf({ hyperparameters: wrong }))).toBeNull();
  });
});

describe("the device", () => {
  it("is the first GPU unless another or the CPU is chosen", () => {
    const form = begin();
    const gpus = report(["GPU-1", "GPU-2"]);
    expect(deviceOf(form, gpus)).toEqual({ kind: "cuda", uuids: ["GPU-1"] });
    expect(deviceOf({ ...form, device: ["GPU-2"] }, gpus)).toEqual({
      kind: "cuda",
      uuids: ["GPU-2"],
    });
    expect(deviceOf({ ...form, device: ["gone"] }, gpus)).toEqual({
      kind: "cuda",
      uuids: ["GPU-1"],
    });
    const both = deviceOf({ ...form, device: ["GPU-2", "gone", "GPU-1"] }, gpus);
    expect(both).toEqual({ kind: "cuda", uuids: ["GPU-1", "GPU-2"] });
    expect(deviceOf({ ...form, device: CPU }, gpus)).toEqual({ kind: "cpu" });
    expect(deviceOf(form, report([]))).toEqual({ kind: "cpu" });
    expect(deviceOf(form, null)).toEqual({ kind: "cpu" });
  });
});

describe("what is in the way", () => {
  const situation = (change: Partial<StartSituation> = {}): StartSituation => ({
    choice: choiceOf(),
    hasDatasets: true,
    hasModels: true,
    environment: null,
    report: report(["GPU-1"]),
    ...change,
  });
  const blocking = (change: Partial<StartSituation>) =>
    startConditions(situation(change)).filter(({ isBlocking }) => isBlocking);

  it("leads to the next step when something is missing", () => {
    const found = blocking({
      choice: choiceOf({ dataset: undefined, model: undefined }),
      hasDatasets: false,
      hasModels: false,
      environment: { state: "missing", source: "own", path: "/env", message: "" },
    });
    expect(found.map(({ next }) => next?.to)).toEqual(["/settings", "/datasets", "/models"]);
  });

  it("counts wrong settings", () => {
    const wrong = readHyperparameters({ ...begin().texts, rank: "", alpha: "x" });
    const [condition] = blocking({ choice: choiceOf({ hyperparameters: wrong }) });
    expect(condition?.text).toBe("2 settings are wrong.");
  });

  it("says plainly that it will train on the CPU, without being in the way", () => {
    const found = startConditions(situation({ report: report([], "missing") }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ isBlocking: false });
    expect(found[0]?.text).toContain("no GPU");
    const broken = startConditions(situation({ report: report([], "broken") }));
    expect(broken[0]?.text).toBe("The driver does not answer. Restart.");
  });

  it("does not start on a GPU that the environment cannot use", () => {
    const environment = {
      state: "ready",
      report: { torch: { devices: [] } },
    } as unknown as StartSituation["environment"];
    const device = { kind: "cuda", uuids: ["GPU-1"] } as const;
    const onGpu = choiceOf({ device: { kind: "cuda", uuids: [...device.uuids] } });
    expect(blocking({ choice: onGpu, environment })).toHaveLength(1);
    expect(blocking({ environment })).toHaveLength(0);
  });

  it("warns of rows longer than the model can read", () => {
    const small = startConditions(situation({ choice: choiceOf({ model: model("a", 1024) }) }));
    expect(small.some(({ text }) => text.includes("1,024 tokens"))).toBe(true);
    const large = startConditions(situation({ choice: choiceOf({ model: model("a", 4096) }) }));
    expect(large.some(({ text }) => text.includes("tokens at most"))).toBe(false);
  });
});

describe("settings that cannot be had", () => {
  const found = (texts: Record<string, string>, packages: Record<string, string>) => {
    const hyperparameters = readHyperparameters({ ...begin().texts, ...texts });
    const device = { kind: "cuda" as const, uuids: ["GPU-1", "GPU-2"] };
    return startConditions({
      choice: choiceOf({ hyperparameters, device }),
      hasDatasets: true,
      hasModels: true,
      environment: {
        state: "ready",
        report: { torch: { devices: ["one", "two"] }, packages },
      } as unknown as StartSituation["environment"],
      report: report(["GPU-1", "GPU-2"]),
    }).map(({ isBlocking, text }) => `${isBlocking ? "blocked" : "advice"}: ${text}`);
  };

  it("are told before the run is launched", () => {
    const library = { bitsandbytes: "0.50.0" };
    expect(found({}, {})).toEqual([]);
    expect(found({ quantization: "nf4" }, library)).toEqual([]);
    expect(found({ quantization: "nf4" }, {})).toEqual([
      expect.stringMatching(/^blocked: .*bitsandbytes/),
    ]);
    expect(found({ quantization: "nf4", parallelism: "sharded" }, library)).toEqual([
      expect.stringMatching(/^advice: .*not sharded/),
    ]);
    expect(found({ adapter_from: "best", validation_share: "0" }, {})).toEqual([
      expect.stringMatching(/^advice: Without validation rows/),
    ]);
  });
});
