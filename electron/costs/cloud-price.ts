import type { Prices } from "../../shared/contract/costs.ts";
import { GPU_CONFIGURATIONS } from "../../shared/types/lora-training.ts";
import type { GpuConfiguration } from "../../shared/types/gpu-configurations.ts";

/**
 * What one dollar is, roughly: rental prices differ by more between two providers than exchange
 * rates do within a year. Who wants it exactly sets `unitsPerDollar`.
 */
const TYPICAL_UNITS_PER_DOLLAR: Readonly<Record<string, number>> = {
  USD: 1,
  EUR: 0.9,
  GBP: 0.77,
  CHF: 0.85,
  JPY: 150,
  CNY: 7.2,
  INR: 86,
  KRW: 1400,
  CAD: 1.4,
  AUD: 1.55,
  SEK: 10,
  NOK: 10.5,
  DKK: 6.7,
  PLN: 3.9,
  CZK: 22,
  SGD: 1.32,
  BRL: 5.6,
};

/** The card of that name, however much of NVIDIA's own words stand before it. */
export function findCard(name: string): GpuConfiguration | null {
  const wanted = plainName(name);
  const cards: readonly GpuConfiguration[] = Object.values(GPU_CONFIGURATIONS);
  return cards.find((card) => plainName(card.name) === wanted) ?? null;
}

/** What an hour on these GPUs costs to rent, in `currency`; null when one of them is not known. */
export function cloudPricePerHour(gpuNames: readonly string[], prices: Prices): number | null {
  const rate = prices.unitsPerDollar ?? TYPICAL_UNITS_PER_DOLLAR[prices.currency];
  if (rate === undefined || gpuNames.length === 0) return null;
  let dollars = 0;
  for (const name of gpuNames) {
    const card = findCard(name);
    if (card === null) return null;
    dollars += card.hourly_price_usd;
  }
  return dollars * rate;
}

function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/\b(nvidia|geforce|tesla|quadro)\b/g, "")
    .replace(/[\s-]+/g, " ")
    .trim();
}
