import type { NewPoint } from "../../electron/jobs/metrics-record.ts";
import type { SeededRandom } from "../torture/seeded-random.ts";
import type { Workstation } from "./workstation.ts";

/** A run takes some steps, perhaps again from a checkpoint, and reports its progress. */
export function trainSteps(desk: Workstation, jobId: string, random: SeededRandom): void {
  const end = desk.metrics.extent(jobId, 0, Number.MAX_SAFE_INTEGER);
  const newest = end?.last ?? 0;
  const isResumed = random.share() < 0.25;
  const first = isResumed ? Math.floor(random.upTo(newest)) + 1 : newest + 1;
  const count = Math.ceil(random.upTo(random.pick([3, 40, 200])));
  const at = desk.takeSteps(count);
  const points: NewPoint[] = [];
  for (let step = first; step < first + count; step++) {
    const common = { step, epoch: step / 100, recordedAtMs: at + step - first };
    points.push({
      ...common,
      kind: "step",
      loss: random.share() < 0.02 ? null : random.share(),
      learningRate: 1e-4,
      gradientNorm: random.share(),
      tokens: 100,
      tokensPerSecond: 900,
      stepMs: 12.5,
      memoryMb: 512,
    });
    if (step % 20 === 0) points.push({ ...common, kind: "evaluation", loss: random.share() });
  }
  desk.store.transaction(() => {
    desk.metrics.save(jobId, points);
    const step = first + count - 1;
    const progress = Math.min(1, step / 1000);
    desk.rows.update("training_jobs", jobId, {
      status: "running",
      progress,
      current_step: step,
      total_steps: 1000,
      started_at: desk.rows.time(),
    });
  });
}
