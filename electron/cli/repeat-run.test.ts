import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { Dataset } from "../../shared/contract/datasets.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { RunConfig } from "../../shared/contract/run-folder.ts";
import { sampleHyperparameters } from "../quickstart/sample-hyperparameters.ts";
import { datasetOf, differingVersions, readRunConfig } from "./repeat-run.ts";

const folder = mkdtempSync(join(tmpdir(), "lora-desk-repeat-"));
afterAll(() => rmSync(folder, { recursive: true }));

const id = (last: string) => `7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d${last}`;
const config: RunConfig = {
  v: 1,
  run: id("00"),
  name: "Sums",
  created_at: "2026-01-01T00:00:00.000Z",
  app_version: "0.1.0",
  base_model: { name: "tiny", path: "/models/tiny" },
  dataset: {
    id: id("01"),
    name: "Sums",
    path: "/elsewhere/data.jsonl",
    format: "text",
    sha256: "a".repeat(64),
  },
  hyperparameters: sampleHyperparameters,
  device: { kind: "cpu" },
};

const DATA = {
  rows: 1,
  rejected: 0,
  duplicates_removed: 0,
  without_labels: 0,
  dropped_too_long: 0,
  truncated: 0,
  train_rows: 1,
  validation_rows: 0,
  train_tokens: 1,
  label_tokens: 1,
};

const dataset = (last: string, changes: Partial<Extract<Dataset, { status: "ready" }>> = {}) => ({
  id: id(last),
  status: "ready",
  format: "text",
  sha256: "a".repeat(64),
  deletedAt: null,
  ...changes,
});

function core(answers: { datasets?: unknown[]; jobs?: unknown[] }): CoreClient {
  const all: Record<string, unknown> = {
    "datasets.list": answers.datasets,
    "jobs.list": answers.jobs,
  };
  return { request: async (method: string) => all[method] } as unknown as CoreClient;
}

test("a run's configuration is read as it was written", async () => {
  const path = join(folder, "config.json");
  writeFileSync(path, JSON.stringify(config));
  expect(await readRunConfig(path)).toEqual(config);
  writeFileSync(path, JSON.stringify({ ...config, hyperparameters: { rank: 8 } }));
  await expect(readRunConfig(path)).rejects.toThrow(/not the config\.json of a run/);
  await expect(readRunConfig(join(folder, "nowhere.json"))).rejects.toThrow(/cannot be read/);
});

test("the dataset is found by its bytes, the same entry of the library first", async () => {
  const others = [
    dataset("02", { sha256: "b".repeat(64) }),
    dataset("03", { format: "alpaca" }),
    dataset("04", { deletedAt: "2026-01-02T00:00:00.000Z" }),
    dataset("05"),
  ];
  expect(await datasetOf(core({ datasets: others }), config)).toMatchObject({ id: id("05") });
  const all = [...others, dataset("01")];
  expect(await datasetOf(core({ datasets: all }), config)).toMatchObject({ id: id("01") });
  await expect(datasetOf(core({ datasets: others.slice(0, 3) }), config)).rejects.toThrow(
    `SHA-256 ${"a".repeat(64)}`,
  );
});

const job = (packages: Record<string, string> | null) =>
  ({ id: config.run, plan: { packages } }) as unknown as Job;
const differing = (first: Job[], now: Job, configPath = join(folder, "config.json")) =>
  differingVersions(core({ jobs: first }), config, configPath, now);
const then = job({ torch: "2.13.0", lora_trainer: "5a1b", base_model: "77aa" });

test("other versions than the first time are named, the trainer's and the model's too", async () => {
  const now = job({ torch: "2.14.0", lora_trainer: "5a1c", base_model: "77ab", trl: "1.0" });
  expect(await differing([then], now)).toEqual([
    "torch 2.13.0 → 2.14.0",
    "lora_trainer 5a1b → 5a1c",
    "base_model 77aa → 77ab",
    "trl not recorded → 1.0",
  ]);
  expect(await differing([then], then)).toEqual([]);
});

test("of a run that is not in the library, its own events tell; else nothing is known", async () => {
  expect(await differing([], then)).toBeNull();
  expect(await differing([job(null)], then)).toBeNull();
  const away = join(folder, "away");
  mkdirSync(away);
  const status = (versions: Record<string, string>, run = config.run) =>
    JSON.stringify({
      v: 1,
      run,
      attempt: 1,
      seq: 1,
      ts: 1,
      type: "status",
      phase: "training",
      message: "",
      plan: {
        total_steps: 1,
        from_step: 0,
        parameters: 1,
        trainable_parameters: 1,
        device: "CPU",
        precision: "fp32",
        data: DATA,
        packages: versions,
      },
    });
  const lines = [status({ torch: "1.0" }), status({ torch: "2.0" }), '{"plan" half'];
  writeFileSync(join(away, "events.jsonl"), [...lines, status({}, id("09"))].join("\n"));
  expect(await differing([], job({ torch: "2.1" }), join(away, "config.json"))).toEqual([
    "torch 2.0 → 2.1",
  ]);
});
