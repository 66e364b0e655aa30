import { expect, test } from "vitest";
import { csvOfRecords } from "./cost-csv.ts";

test("names are quoted as RFC 4180 has it, and run as a formula nowhere", () => {
  const text = csvOfRecords([
    {
      id: "0b4a6b6e-6f0c-8f6d-9d3c-0a5d5b1c2f01",
      jobId: null,
      type: "gpu_time",
      amount: 1.25,
      billingPeriod: "2026-03",
      recordedAt: "2026-03-02T00:00:00.000Z",
      details: {
        currency: "EUR",
        job_id: "0b4a6b6e-6f0c-4f6d-9d3c-0a5d5b1c2f01",
        job_name: 'Tone, "warm"',
        dataset: "=HYPERLINK(evil)",
        project: null,
        attempt: 2,
        started_at: "2026-03-01T22:00:00.000Z",
        ended_at: "2026-03-02T00:00:00.000Z",
        seconds: 7200,
        gpu_seconds: 14_400,
        gpus: ["NVIDIA H200", "NVIDIA H200"],
        price_per_hour: null,
        cloud_cost: null,
      },
    },
  ]);
  const [header, record, end] = text.split("\r\n");
  expect(header?.split(",")).toHaveLength(19);
  expect(record).toBe(
    '2026-03-02T00:00:00.000Z,2026-03,"Tone, ""warm""",0b4a6b6e-6f0c-4f6d-9d3c-0a5d5b1c2f01,2,' +
      "'=HYPERLINK(evil),,gpu_time,1.25,EUR,2026-03-01T22:00:00.000Z,2026-03-02T00:00:00.000Z,2,4," +
      "NVIDIA H200; NVIDIA H200,,,,0b4a6b6e-6f0c-8f6d-9d3c-0a5d5b1c2f01",
  );
  expect(end).toBe("");
});
