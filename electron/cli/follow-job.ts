import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { Job, JobStatus } from "../../shared/contract/jobs.ts";
import { until } from "../quickstart/until.ts";
import type { ReachedCore } from "./reach-core.ts";
import { bar, compact, duration, type StatusLine } from "./terminal.ts";

const ENDED: ReadonlySet<JobStatus> = new Set(["completed", "stopped", "failed"]);

export type EndedJob = Extract<Job, { status: "completed" | "stopped" | "failed" }>;

/**
 * Shows a run until it ends. When the core that is asked goes away, another is reached and the run,
 * which does not depend on either, is followed on.
 */
export async function followJob(
  reach: () => Promise<ReachedCore>,
  core: ReachedCore,
  id: string,
  line: StatusLine,
): Promise<{ job: EndedJob; core: ReachedCore }> {
  let current = core;
  for (;;) {
    try {
      const job = await watch(current.client, id, line);
      line.clear();
      return { job, core: current };
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== "unavailable") throw error;
    }
    line.show(
      "The LoRA Desk that was asked has ended; the run goes on. Following it from here.",
      true,
    );
    current = await reach();
  }
}

function watch(client: CoreClient, id: string, line: StatusLine): Promise<EndedJob> {
  const speed = new StepRate();
  let point: MetricsPoint | undefined;
  let phase = "";
  const unsubscribe = client.subscribe(
    "jobs.points",
    ({ points }) => (point = points.findLast(({ trainingLoss }) => trainingLoss !== null) ?? point),
    id,
  );
  const ended = until(client, "jobs.changed", undefined, {
    start: () => client.request("jobs.get", { id }),
    settle: (job) => {
      if (job.id !== id) return undefined;
      if (isEnded(job)) return job;
      const now = describePhase(job);
      line.show(describe(job, point, speed), now !== phase && job.status !== "running");
      phase = now;
      return undefined;
    },
  });
  return ended.finally(unsubscribe);
}

function isEnded(job: Job): job is EndedJob {
  return ENDED.has(job.status);
}

function describePhase(job: Job): string {
  switch (job.status) {
    case "queued":
      return job.waitingFor === null ? "Queued" : `Queued: ${job.waitingFor}`;
    case "preparing":
      return job.message;
    case "running":
      return "Training";
    default:
      return job.status;
  }
}

function describe(job: Job, point: MetricsPoint | undefined, speed: StepRate): string {
  if (job.status !== "running" || job.progress.totalSteps === 0) return describePhase(job);
  const { step, totalSteps } = job.progress;
  const parts = [
    `Training ${bar(step / totalSteps)} ${Math.floor((100 * step) / totalSteps)} %`,
    `step ${step}/${totalSteps}`,
  ];
  if (typeof point?.trainingLoss === "number") parts.push(`loss ${point.trainingLoss.toFixed(4)}`);
  if (typeof point?.tokensPerSecond === "number") {
    parts.push(`${compact(point.tokensPerSecond)} tokens/s`);
  }
  const secondsPerStep = speed.observe(step);
  if (secondsPerStep !== null) parts.push(`${duration((totalSteps - step) * secondsPerStep)} left`);
  return parts.join("  ");
}

/** Seconds per step since following began. */
class StepRate {
  #first: { step: number; at: number } | undefined;

  observe(step: number): number | null {
    const at = performance.now() / 1000;
    this.#first ??= { step, at };
    const steps = step - this.#first.step;
    return steps > 0 ? (at - this.#first.at) / steps : null;
  }
}
