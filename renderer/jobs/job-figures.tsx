import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { Figures } from "../controls/figures.tsx";
import type { Figure } from "../controls/figures.tsx";
import { useNow } from "../core/use-now.ts";
import { formatMemory } from "../format/bytes.ts";
import { UNKNOWN, formatCount, formatLoss, formatTokensPerSecond } from "../format/numbers.ts";
import { formatDuration } from "../format/time.ts";
import { secondsSinceStart, validationResult } from "./job-facts.ts";
import { isActive } from "./jobs-slice.ts";
import { latestStep } from "./metrics-points.ts";

const CLOCK_MS = 1_000;

type JobFiguresProps = { readonly job: Job; readonly points: readonly MetricsPoint[] };

/** The latest figures of a run, exact ones; the charts show how they came about. */
export function JobFigures({ job, points }: JobFiguresProps) {
  const now = useNow(CLOCK_MS);
  const seconds = secondsSinceStart(job, now);
  const latest = latestStep(points);
  const first = points.find(({ trainingLoss }) => trainingLoss !== null);
  const validation = validationResult(points);
  const { step, epoch } = job.progress;
  const figures: Figure[] = [
    {
      name: "Training loss",
      value: formatLoss(latest?.trainingLoss),
      detail: first === undefined ? undefined : `from ${formatLoss(first.trainingLoss)}`,
    },
    {
      name: "Validation loss",
      value: formatLoss(validation.latest?.validationLoss),
      detail: bestWords(validation),
    },
    {
      name: "Epoch",
      value: step === 0 ? UNKNOWN : epoch.toFixed(2),
      detail: `of ${job.hyperparameters.epochs}`,
    },
    { name: "Speed", value: formatTokensPerSecond(latest?.tokensPerSecond) },
    { name: "Peak memory", value: formatMemory(latest?.memoryMb ?? null) },
    {
      name: isActive(job) ? "Running for" : "Took",
      value: seconds === null ? UNKNOWN : formatDuration(seconds),
      detail: job.attempt > 1 ? "this attempt" : undefined,
    },
  ];
  return <Figures label="Latest figures" figures={figures} />;
}

function bestWords({ latest, best }: ReturnType<typeof validationResult>): string | undefined {
  if (latest === undefined || best === undefined) return undefined;
  if (best.step === latest.step) return `best, at step ${formatCount(best.step)}`;
  return `best ${formatLoss(best.validationLoss)} at ${formatCount(best.step)}`;
}
