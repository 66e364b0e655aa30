import { expect, it } from "vitest";
import { inColumns } from "./metrics-columns.ts";
import type { CurvePoint } from "./team-server.ts";

const FIGURES = { tokens: 4096, tokens_per_second: 9000.5, step_ms: null, memory_mb: 512 };

function point(jobId: string, step: number, more: Partial<CurvePoint> = {}): CurvePoint {
  return {
    job_id: jobId,
    step,
    epoch: 0.5,
    training_loss: 1e-7,
    validation_loss: null,
    learning_rate: 1e-4,
    gradient_norm: null,
    system_metrics: FIGURES,
    recorded_at: "2026-03-01T10:00:00.000Z",
    ...more,
  };
}

it("gives the points of each job as columns that PostgreSQL reads as arrays", () => {
  const points = [point("a", 1), point("b", 7), point("a", 2, { system_metrics: null })];
  expect(inColumns(points)).toMatchObject([
    {
      job_id: "a",
      columns: {
        step: "{1,2}",
        training_loss: "{1e-7,1e-7}",
        validation_loss: "{NULL,NULL}",
        recorded_at: "{2026-03-01T10:00:00.000Z,2026-03-01T10:00:00.000Z}",
        tokens: "{4096,NULL}",
        step_ms: "{NULL,NULL}",
        memory_mb: "{512,NULL}",
      },
    },
    { job_id: "b", columns: { step: "{7}", tokens_per_second: "{9000.5}" } },
  ]);
});

it.each([
  ["another figure", { ...FIGURES, watts: 300 }],
  ["a figure too few", { tokens: 1, step_ms: 2, memory_mb: 3 }],
  ["no count of tokens", { ...FIGURES, tokens: null }],
  ["a text", { ...FIGURES, step_ms: "20" }],
])("sends point by point what has %s, so that nothing is left out", (_, figures) => {
  const points = [point("a", 1), point("a", 2, { system_metrics: figures }), point("b", 3)];
  expect(inColumns(points)).toMatchObject([points[0], points[1], { job_id: "b" }]);
});
