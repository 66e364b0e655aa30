import { expect, test } from "vitest";
import { type Prices, pricesSchema } from "../../shared/contract/costs.ts";
import { QUARTER_SECONDS } from "./power-integral.ts";
import { reckonAttempt } from "./reckon-attempt.ts";

const prices = (over: Partial<Prices>): Prices => ({ ...pricesSchema.parse({}), ...over });
const local = (...at: [number, number, number, number, number]) => new Date(...at).getTime() / 1000;
const KWH = 3_600_000;

test("an attempt over the end of a month is parted there, and the parts add up", () => {
  const startedAt = local(2026, 0, 31, 23, 0);
  const until = local(2026, 1, 1, 2, 0);
  const quarterOf = (at: number) => Math.floor(at / QUARTER_SECONDS);
  const shares = reckonAttempt(
    {
      jobId: "job",
      attempt: 1,
      startedAt,
      gpuNames: ["NVIDIA H200", "NVIDIA H200"],
      byQuarter: new Map([
        [quarterOf(startedAt), { joules: KWH, gpuSeconds: 1000 }],
        [quarterOf(until) - 1, { joules: 2 * KWH, gpuSeconds: 1500 }],
      ]),
    },
    until,
    prices({
      currency: "USD",
      electricity: { kind: "flat", perKwh: 0.5 },
      hardwarePerHour: 2,
      machineOverheadShare: 0.5,
    }),
  );
  expect(shares).toEqual([
    {
      period: "2026-01",
      seconds: 3600,
      gpuSeconds: 7200,
      measuredGpuSeconds: 1000,
      kwh: 1,
      energyCost: 0.75,
      hardwareCost: 2,
      cloudCost: expect.closeTo(2 * 3.59, 6),
    },
    {
      period: "2026-02",
      seconds: 7200,
      gpuSeconds: 14_400,
      measuredGpuSeconds: 1500,
      kwh: 2,
      energyCost: 1.5,
      hardwareCost: 4,
      cloudCost: expect.closeTo(4 * 3.59, 6),
    },
  ]);
});

test("each hour of the day has its price", () => {
  const startedAt = local(2026, 2, 10, 13, 45);
  const quarter = startedAt / QUARTER_SECONDS;
  const perKwh = Array.from({ length: 24 }, (_, hour) => (hour === 13 ? 1 : 10));
  const [share] = reckonAttempt(
    {
      jobId: "job",
      attempt: 1,
      startedAt,
      gpuNames: ["a card nobody knows"],
      byQuarter: new Map([
        [quarter, { joules: KWH, gpuSeconds: 900 }],
        [quarter + 1, { joules: KWH, gpuSeconds: 900 }],
      ]),
    },
    startedAt + 1800,
    prices({ electricity: { kind: "by_hour", perKwh } }),
  );
  expect(share).toMatchObject({ energyCost: 11, hardwareCost: null, cloudCost: null });
});

test("what was not measured has no energy, and without a price no cost", () => {
  const attempt = { jobId: "job", attempt: 1, startedAt: 0, gpuNames: [], byQuarter: new Map() };
  expect(reckonAttempt(attempt, 60, prices({}))).toMatchObject([
    {
      seconds: 60,
      gpuSeconds: 0,
      kwh: null,
      energyCost: null,
      hardwareCost: null,
      cloudCost: null,
    },
  ]);
});
