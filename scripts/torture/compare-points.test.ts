import { expect, it } from "vitest";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import { compareWithFile, differingSteps } from "./compare-points.ts";
import type { RunRecord, StepRecord } from "./run-record.ts";

const stepRecord = (trainingLoss: number): StepRecord => ({
  trainingLoss,
  validationLoss: null,
  learningRate: 0.001,
  gradientNorm: 1,
  tokensPerSecond: 100,
  memoryMb: 10,
});

const runRecord = (...losses: number[]): RunRecord => ({
  steps: new Map(losses.map((loss, at) => [at + 1, stepRecord(loss)])),
  adapter: new Map(),
  attempts: 1,
  isInOrder: true,
});

const pointAt = (step: number, trainingLoss: number): MetricsPoint => ({
  ...stepRecord(trainingLoss),
  step,
  epoch: 0,
  recordedAt: "2026-01-01T00:00:00.000Z",
});

it("counts what is missing, what is there twice or never was, and what says something else", () => {
  const points = [pointAt(1, 0.5), pointAt(1, 0.5), pointAt(3, 0.25), pointAt(9, 1)];
  const found = compareWithFile(points, runRecord(0.5, 0.4, 0.3));
  expect(found).toEqual({ lost: 1, doubled: 2, differing: 1 });
});

it("finds no fault with the curve of the file", () => {
  const points = [pointAt(1, 0.5), pointAt(2, 0.4)];
  expect(compareWithFile(points, runRecord(0.5, 0.4))).toEqual({
    lost: 0,
    doubled: 0,
    differing: 0,
  });
});

it("counts steps with another loss, and those that only one of two runs has", () => {
  expect(differingSteps(runRecord(0.5, 0.4), runRecord(0.5, 0.3, 0.2))).toBe(2);
});
