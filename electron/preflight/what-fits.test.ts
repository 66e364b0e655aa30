import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateMemory } from "./estimate-memory.ts";
import type { ModelShape } from "./model-shape.ts";
import { type FitWish, whatFits } from "./what-fits.ts";

/** Llama 3.1 8B, as its weights are. */
const LLAMA_8B: ModelShape = {
  layers: 32,
  width: 4096,
  vocabulary: 128_256,
  parameters: 8_030_261_248,
  linearParameters: 6_979_321_856,
  targetEdges: 32 * (2 * (4096 + 4096) + 2 * (4096 + 1024) + 3 * (4096 + 14_336)),
};

function wishOf(over: Partial<FitWish> = {}): FitWish {
  return {
    shape: LLAMA_8B,
    settings: { quantization: "none", rank: 16, batch_size: 4, gradient_checkpointing: false },
    longestTokens: 2048,
    isCpu: false,
    bytesPerWeight: 2,
    shards: 1,
    accumulation: 4,
    availableMb: 24_564,
    batchScale: 1,
    ...over,
  };
}

test("the parts are those that papers and cards tell of", () => {
  const { parts, totalMb } = estimateMemory(wishOf());
  const mb = (name: string) => parts.find((part) => part.name === name)?.mb;
  expect(mb("Base model")).toBeCloseTo((LLAMA_8B.parameters * 2) / 2 ** 20, 6);
  // 41,943,040 trained parameters at rank 16, as PEFT counts them, 16 bytes each.
  expect(mb("Adapter, gradients and optimiser")).toBe(640);
  expect(mb("Activations")).toBe((34 * 32 * 4096 * 4 * 2048) / 2 ** 20);
  expect(parts.reduce((sum, part) => sum + part.mb, 0)).toBeCloseTo(totalMb, 6);
});

test("on a 24 GB card an 8B model is proposed in 4 bits with checkpointing", () => {
  expect(whatFits(wishOf())).toEqual([
    {
      message: expect.stringContaining("checkpointing"),
      values: expect.objectContaining({ gradient_checkpointing: true }),
      mb: expect.any(Number),
    },
  ]);
  expect(whatFits(wishOf({ availableMb: 12_288 }))).toMatchObject([
    { values: { quantization: "nf4", gradient_checkpointing: true } },
  ]);
});

test("every proposal fits and leaves the rows of a step as they are", () => {
  fc.assert(
    fc.property(
      fc.record({
        batch: fc.integer({ min: 1, max: 32 }),
        accumulation: fc.integer({ min: 1, max: 16 }),
        availableMb: fc.integer({ min: 3000, max: 80_000 }),
        longestTokens: fc.integer({ min: 64, max: 8192 }),
        batchScale: fc.double({ min: 0.7, max: 1.5, noNaN: true }),
      }),
      ({ batch, accumulation, availableMb, longestTokens, batchScale }) => {
        const wish = wishOf({
          accumulation,
          availableMb,
          longestTokens,
          batchScale,
          settings: {
            quantization: "none",
            rank: 16,
            batch_size: batch,
            gradient_checkpointing: false,
          },
        });
        for (const { values, mb } of whatFits(wish)) {
          const { max_sequence_tokens: tokens, gradient_accumulation_steps, ...settings } = values;
          const taken = { ...wish.settings, ...settings };
          const again = {
            ...wish,
            settings: taken,
            longestTokens: Number(tokens ?? longestTokens),
          };
          const { totalMb, batchMb } = estimateMemory(again);
          expect(totalMb - batchMb + batchMb * batchScale).toBeCloseTo(mb, 6);
          expect(mb).toBeLessThanOrEqual(availableMb);
          const steps = Number(gradient_accumulation_steps ?? accumulation);
          expect(taken.batch_size * steps).toBe(batch * accumulation);
        }
      },
    ),
  );
});
