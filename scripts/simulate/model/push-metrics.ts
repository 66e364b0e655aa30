import { metricsColumns } from "./columns.ts";
import { DatabaseError } from "./database-error.ts";
import type { ModelProject } from "./model-project.ts";
import { type ModelAnswer, reasonOf } from "./push-changes.ts";
import { storedValue } from "./stored-value.ts";

type Point = Record<string, unknown>;

/** public.push_metrics of supabase/migrations. */
export function pushMetrics(project: ModelProject, userId: string, points: unknown): ModelAnswer[] {
  if (!Array.isArray(points) || points.length > 5000) {
    throw new DatabaseError("22023", "points must be a list of at most 5000 points");
  }
  const rows = (points as Point[]).flatMap(pointsOf);
  const byJob = Map.groupBy(rows, (point) => String(point["job_id"]));
  const answers: ModelAnswer[] = [];
  for (const jobId of [...byJob.keys()].sort()) {
    const given = byJob.get(jobId) ?? [];
    if (project.find("training_jobs", jobId, userId) === undefined) {
      const message = "The job of these points is not there";
      answers.push({ job_id: jobId, outcome: "rejected", reason: "missing_reference", message });
      continue;
    }
    try {
      storePoints(project, jobId, given);
      answers.push({ job_id: jobId, outcome: "applied", points: given.length });
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const { message, sqlstate } = error;
      const refused = { job_id: jobId, outcome: "rejected", reason: reasonOf(error) };
      answers.push({ ...refused, message, sqlstate });
    }
  }
  return answers;
}

/** lora_sync.points_of: a job's columns as its points. */
function pointsOf(given: Point): Point[] {
  if (!("columns" in given)) return [given];
  const columns = Object.fromEntries(
    Object.entries(given["columns"] as Record<string, string>).map(([name, text]) => [
      name,
      text === "{}" ? [] : text.slice(1, -1).split(",").map(valueOf),
    ]),
  );
  return (columns["step"] ?? []).map((_, at) => {
    const of = (name: string) => columns[name]?.[at] ?? null;
    const { tokens, tokens_per_second, step_ms, memory_mb, ...point } = Object.fromEntries(
      Object.keys(columns).map((name) => [name, of(name)]),
    );
    const figures = { tokens, tokens_per_second, step_ms, memory_mb };
    return { job_id: given["job_id"], ...point, system_metrics: tokens === null ? null : figures };
  });
}

function valueOf(text: string): unknown {
  if (text === "NULL") return null;
  return Number.isNaN(Number(text)) ? text : Number(text);
}

function storePoints(project: ModelProject, jobId: string, given: readonly Point[]): void {
  const newest = new Map<number, Point>();
  for (const point of given.map(storedPoint)) {
    const other = newest.get(Number(point["step"]));
    if (other === undefined || isNewer(point, other)) newest.set(Number(point["step"]), point);
  }
  const stored = project.data.metrics.get(jobId) ?? new Map<number, Point>();
  for (const [step, point] of newest) {
    const present = stored.get(step);
    if (present === undefined) stored.set(step, point);
    else if (!isNewer(present, point)) {
      const validationLoss = point["validation_loss"] ?? present["validation_loss"];
      stored.set(step, { ...point, id: present["id"], validation_loss: validationLoss });
    }
  }
  project.data.metrics.set(jobId, stored);
}

function isNewer(one: Point, other: Point): boolean {
  return Date.parse(String(one["recorded_at"])) > Date.parse(String(other["recorded_at"]));
}

function storedPoint(given: Point): Point {
  const point: Point = { id: given["id"] ?? null };
  for (const [key, column] of Object.entries(metricsColumns)) {
    const value = storedValue(column, given[key]);
    if (value === null && column.isRequired) {
      throw new DatabaseError("23502", `null value in column "${key}"`);
    }
    if (value !== null && column.accepts?.(value) === false) {
      throw new DatabaseError("23514", `violates check constraint "metrics_points_${key}_check"`);
    }
    point[key] = value;
  }
  return point;
}
