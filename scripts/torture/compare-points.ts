import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { RunRecord, StepRecord } from "./run-record.ts";

export interface PointFaults {
  /** Steps that are not there. */
  lost: number;
  /** Steps that are there more than once, or that never were. */
  doubled: number;
  /** Steps that say something else than they should. */
  differing: number;
}

/** What of a step does not depend on how fast the machine was. */
const RESULTS = ["trainingLoss", "validationLoss", "learningRate", "gradientNorm"] as const;
const FIELDS = [...RESULTS, "tokensPerSecond", "memoryMb"] as const;

/** A stored curve against the run's own file, to the last bit. */
export function compareWithFile(points: readonly MetricsPoint[], record: RunRecord): PointFaults {
  const byStep = new Map(points.map((point) => [point.step, point]));
  const surplus = [...byStep.keys()].filter((step) => !record.steps.has(step)).length;
  const repeated = points.length - byStep.size;
  let lost = 0;
  let differing = 0;
  for (const [step, expected] of record.steps) {
    const point = byStep.get(step);
    if (point === undefined) lost += 1;
    else if (FIELDS.some((field) => point[field] !== expected[field])) differing += 1;
  }
  return { lost, doubled: repeated + surplus, differing };
}

/** One run against another of the same configuration: how many steps have another result. */
export function differingSteps(record: RunRecord, undisturbed: RunRecord): number {
  const steps = new Set([...record.steps.keys(), ...undisturbed.steps.keys()]);
  const isSame = (step: number) => {
    const [own, other] = [record.steps.get(step), undisturbed.steps.get(step)];
    return own !== undefined && other !== undefined && haveSameResult(own, other);
  };
  return [...steps].filter((step) => !isSame(step)).length;
}

function haveSameResult(own: StepRecord, other: StepRecord): boolean {
  return RESULTS.every((field) => own[field] === other[field]);
}
