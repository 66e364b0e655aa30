import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type Dataset,
  GPU_CONFIGURATIONS,
  HYPERPARAMETER_PRESETS,
  type JobStatus,
  type TrainingJob,
} from "@/lib/types/lora-training";
import type { Job } from "../contract/jobs.ts";
import { hyperparametersSchema } from "../contract/hyperparameters.ts";

test("the guide's snippet gives a learning rate and knows the cards", () => {
  const preset = HYPERPARAMETER_PRESETS.balanced;
  expect(preset.learning_rate).toBe(2e-4);
  expect(GPU_CONFIGURATIONS.rtx_4090).toMatchObject({ memory_gb: 24, supports_bf16: true });
  expectTypeOf<Dataset["status"]>().toEqualTypeOf<"importing" | "ready" | "rejected">();
  expectTypeOf<TrainingJob["progress"]>().toEqualTypeOf<number>();
});

test("a job has the same statuses in the window, in the core and in the team's database", () => {
  expectTypeOf<JobStatus>().toEqualTypeOf<Job["status"]>();
});

describe.each(Object.entries(HYPERPARAMETER_PRESETS))("the preset %s", (_, preset) => {
  test("is complete and within the limits", () => {
    const { label, use_when: useWhen, ...values } = preset;
    expect(hyperparametersSchema.strict().parse(values)).toEqual(values);
    expect(label).not.toBe("");
    expect(useWhen).toMatch(/^[A-Z].+\.$/);
  });
});

test("presets go from careful to thorough", () => {
  const { conservative, balanced, aggressive } = HYPERPARAMETER_PRESETS;
  for (const key of ["rank", "learning_rate", "epochs"] as const) {
    expect(conservative[key]).toBeLessThan(balanced[key]);
    expect(balanced[key]).toBeLessThan(aggressive[key]);
  }
});

describe.each(Object.entries(GPU_CONFIGURATIONS))("the card %s", (_, card) => {
  test("has figures that a real card can have", () => {
    expect(card.memory_gb).toBeGreaterThanOrEqual(8);
    expect(card.memory_gb).toBeLessThanOrEqual(300);
    expect(card.power_w).toBeGreaterThanOrEqual(50);
    expect(card.power_w).toBeLessThanOrEqual(1500);
    expect(card.hourly_price_usd).toBeGreaterThan(0);
    expect(card.hourly_price_usd).toBeLessThan(20);
    expect(card.supports_bf16).toBe(!["Volta", "Turing"].includes(card.architecture));
  });
});

test("no two cards are told apart by nothing", () => {
  const known = Object.values(GPU_CONFIGURATIONS).map((card) => `${card.name} ${card.memory_gb}`);
  expect(new Set(known).size).toBe(known.length);
});
