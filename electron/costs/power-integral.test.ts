import fc from "fast-check";
import { expect, test } from "vitest";
import type { PowerSample } from "../../shared/contract/run-folder.ts";
import { type Energy, integratePower, QUARTER_SECONDS } from "./power-integral.ts";

const START = 1_760_000_000;

interface Told {
  afterMs: number;
  powers: (number | null)[];
}
const told = fc.array(
  fc.record({
    // Around the widest stretch that is measured (6 s), and clocks that are set back.
    afterMs: fc.integer({ min: -3000, max: 9000 }),
    powers: fc.tuple(
      fc.option(fc.integer({ min: 0, max: 700 }), { freq: 5 }),
      fc.option(fc.integer({ min: 0, max: 700 }), { freq: 5 }),
    ),
  }),
  { maxLength: 60 },
);

function samplesOf(turns: readonly Told[], start = START): PowerSample[] {
  let ms = start * 1000;
  return turns.map(({ afterMs, powers }) => {
    ms += afterMs;
    const gpus = powers.map((power_w, index) => ({ uuid: `GPU-${index}`, power_w }));
    return { v: 1, ts: ms / 1000, attempt: 1, gpus };
  });
}

/** The sum of thin slices, sample pair by sample pair: slow, and without a thought of quarters. */
function naive(samples: readonly PowerSample[]): Energy {
  const total = { joules: 0, gpuSeconds: 0 };
  for (const uuid of ["GPU-0", "GPU-1"]) {
    const known = samples.flatMap(({ ts, gpus }) => {
      const power = gpus.find((gpu) => gpu.uuid === uuid)?.power_w ?? null;
      return power === null ? [] : [{ ts, power }];
    });
    for (let index = 1; index < known.length; index += 1) {
      const [a, b] = [known[index - 1]!, known[index]!];
      const seconds = b.ts - a.ts;
      if (seconds <= 0 || seconds > 6) continue;
      const slices = 100;
      for (let slice = 0; slice < slices; slice += 1) {
        const middle = (slice + 0.5) / slices;
        total.joules += ((a.power + (b.power - a.power) * middle) * seconds) / slices;
      }
      total.gpuSeconds += seconds;
    }
  }
  return total;
}

function totalOf(byQuarter: ReadonlyMap<number, Energy>): Energy {
  const all = [...byQuarter.values()];
  return {
    joules: all.reduce((sum, { joules }) => sum + joules, 0),
    gpuSeconds: all.reduce((sum, { gpuSeconds }) => sum + gpuSeconds, 0),
  };
}

test("is the naive integral, gaps and clocks set back left out", () => {
  fc.assert(
    fc.property(told, (turns) => {
      const samples = samplesOf(turns);
      const found = totalOf(integratePower({}, samples).byQuarter);
      const expected = naive(samples);
      expect(found.joules).toBeCloseTo(expected.joules, 4);
      expect(found.gpuSeconds).toBeCloseTo(expected.gpuSeconds, 4);
    }),
  );
});

test("is the same however the samples are parted", () => {
  fc.assert(
    fc.property(told, fc.integer({ min: 0, max: 60 }), (turns, cut) => {
      const samples = samplesOf(turns);
      const whole = integratePower({}, samples);
      const first = integratePower({}, samples.slice(0, cut));
      const second = integratePower(first.last, samples.slice(cut));
      expect(second.last).toEqual(whole.last);
      const parts = totalOf(first.byQuarter).joules + totalOf(second.byQuarter).joules;
      expect(parts).toBeCloseTo(totalOf(whole.byQuarter).joules, 6);
    }),
  );
});

test("each quarter has what was drawn in it", () => {
  const quarter = Math.ceil(START / QUARTER_SECONDS);
  // A ramp over 4 s from 100 to 300 W, the quarter beginning in its middle.
  const ramp = samplesOf(
    [
      { afterMs: 0, powers: [100, null] },
      { afterMs: 4000, powers: [300, null] },
    ],
    quarter * QUARTER_SECONDS - 2,
  );
  expect([...integratePower({}, ramp).byQuarter]).toEqual([
    [quarter - 1, { joules: 300, gpuSeconds: 2 }],
    [quarter, { joules: 500, gpuSeconds: 2 }],
  ]);
});

test("what lies between samples more than three intervals apart is not known", () => {
  const apart = (afterMs: number) =>
    totalOf(
      integratePower(
        {},
        samplesOf([
          { afterMs: 0, powers: [200, null] },
          { afterMs, powers: [200, null] },
        ]),
      ).byQuarter,
    ).gpuSeconds;
  expect(apart(6000)).toBe(6);
  expect(apart(6001)).toBe(0);
});
