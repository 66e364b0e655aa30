import { expect, it } from "vitest";
import { teamRowSchemas } from "../../shared/types/team-rows.ts";
import {
  evaluationPoint,
  METRICS_JOB as JOB,
  openMetricsBench,
  stepPoint,
} from "./fixtures/metrics-bench.ts";
import { MetricsStore } from "./metrics-store.ts";
import { metricsPointId } from "./metrics-team-rows.ts";

it("gives the points of a stretch of steps as rows of the team's table", () => {
  const store = openMetricsBench();
  const metrics = new MetricsStore(store);
  const steps = Array.from({ length: 300 }, (_, step) => stepPoint(step, step === 129 ? null : 1));
  metrics.save(JOB, [...steps, evaluationPoint(127, 0.5), evaluationPoint(400, 0.25)]);
  const rows = metrics.teamRows(JOB, 127, 129);
  expect(rows.map((row) => teamRowSchemas.metrics_points.parse(row))).toEqual(rows);
  expect(rows).toMatchObject([
    { step: 127, training_loss: 1, validation_loss: 0.5 },
    { step: 128, training_loss: 1, validation_loss: null },
    { step: 129, training_loss: null, validation_loss: null },
  ]);
  expect(rows[0]).toEqual({
    id: metricsPointId(JOB, 127),
    job_id: JOB,
    step: 127,
    epoch: 1.27,
    training_loss: 1,
    validation_loss: 0.5,
    learning_rate: 1e-4,
    gradient_norm: 0.5,
    system_metrics: { tokens: 12_700, tokens_per_second: 640, step_ms: 20, memory_mb: 512 },
    recorded_at: "2026-01-01T00:00:00.000Z",
  });
  expect(metrics.teamRows(JOB, 300, 999)).toMatchObject([
    { step: 400, training_loss: null, learning_rate: null, system_metrics: null },
  ]);
  store.close();
});

it("names a point by its job and step alone, as RFC 9562 makes a UUID of a name", () => {
  // What Python's uuid.uuid5 says of the same.
  expect(metricsPointId(JOB, 1)).toBe(metricsPointId(JOB, 1));
  expect(metricsPointId(JOB, 1)).not.toBe(metricsPointId(JOB, 2));
  expect(metricsPointId(JOB, 12)).toBe("a7f66d97-6785-524e-88bc-7bed7d73a6f5");
});
