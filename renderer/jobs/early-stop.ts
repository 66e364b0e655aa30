import type { Job } from "../../shared/contract/jobs.ts";
import { formatCount, formatCountOf, formatLoss } from "../format/numbers.ts";

/** Why a run ended before its last step, as it was asked to; null for one that did not. */
export function earlyStopWords(job: Job): { readonly title: string; readonly text: string } | null {
  const { progress, best, hyperparameters } = job;
  const { early_stopping_patience: patience, adapter_from: adapterFrom } = hyperparameters;
  const isEarly = job.status === "completed" && progress.step < progress.totalSteps;
  if (!isEarly || patience === null) return null;
  const steps = `${formatCount(progress.step)} of ${formatCount(progress.totalSteps)}`;
  const since =
    best === null
      ? `No better validation loss in ${formatCountOf(patience, "validation")}.`
      : `${formatCountOf(patience, "validation")} in a row found no loss below ${formatLoss(best.loss)}, that of step ${formatCount(best.step)}.`;
  const adapter =
    adapterFrom === "best"
      ? "The adapter has the weights of that step."
      : "The adapter has the weights of the last step.";
  return { title: `Stopped early at step ${steps}`, text: `${since} ${adapter}` };
}
