import type { CurvePoint } from "./team-server.ts";

type Figure = number | string | null;

const FIGURES = ["tokens", "tokens_per_second", "step_ms", "memory_mb"];

/**
 * Points as push_metrics takes them quickest: of each job the columns, each one text that PostgreSQL
 * reads as an array. That is a quarter of the bytes of a JSON object per point. A job whose points
 * say something else of the machine goes point by point.
 */
export function inColumns(points: readonly CurvePoint[]): object[] {
  const byJob = Map.groupBy(points, ({ job_id: jobId }) => jobId);
  return [...byJob].flatMap(([jobId, ofJob]): object[] =>
    ofJob.every(hasUsualFigures) ? [{ job_id: jobId, columns: columnsOf(ofJob) }] : ofJob,
  );
}

function columnsOf(points: readonly CurvePoint[]): Record<string, string> {
  const column = (valueOf: (point: CurvePoint) => Figure) =>
    `{${points.map((point) => valueOf(point) ?? "NULL").join(",")}}`;
  return {
    step: column((point) => point.step),
    epoch: column((point) => point.epoch),
    training_loss: column((point) => point.training_loss),
    validation_loss: column((point) => point.validation_loss),
    learning_rate: column((point) => point.learning_rate),
    gradient_norm: column((point) => point.gradient_norm),
    recorded_at: column((point) => point.recorded_at),
    ...Object.fromEntries(
      FIGURES.map((name) => [
        name,
        column((point) => (point.system_metrics?.[name] ?? null) as Figure),
      ]),
    ),
  };
}

/** The four figures, `tokens` among them, each a number or null: what the columns can say. */
function hasUsualFigures({ system_metrics: figures }: CurvePoint): boolean {
  if (figures === null) return true;
  let count = 0;
  for (const name in figures) {
    if (!FIGURES.includes(name)) return false;
    if (figures[name] !== null && typeof figures[name] !== "number") return false;
    count += 1;
  }
  return count === FIGURES.length && figures["tokens"] !== null;
}
