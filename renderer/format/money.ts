import { UNKNOWN } from "./numbers.ts";
import { formatDuration } from "./time.ts";

/** 1234.5, "EUR" → "€1,234.50". What is less than a hundredth is not written as nothing. */
export function formatMoney(amount: number | null, currency: string): string {
  if (amount === null) return UNKNOWN;
  const format = new Intl.NumberFormat("en-GB", {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  if (amount > 0 && amount < 0.005) return `< ${format.format(0.01)}`;
  return format.format(amount);
}

/** Kilowatt hours; below a tenth of one, watt hours: 3.42 → "3.42 kWh", 0.0125 → "12.5 Wh". */
export function formatEnergy(kilowattHours: number | null): string {
  if (kilowattHours === null) return UNKNOWN;
  if (kilowattHours === 0) return "0 kWh";
  if (kilowattHours >= 0.1) return `${threeFigures(kilowattHours)} kWh`;
  return `${threeFigures(kilowattHours * 1000)} Wh`;
}

/** From one on as hours, which are multiplied by prices: 152.4 → "152 h"; 0.52 → "31 min 12 s". */
export function formatHours(hours: number): string {
  return hours >= 1 ? `${threeFigures(hours)} h` : formatDuration(hours * 3600);
}

function threeFigures(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-GB");
  return String(Number(value.toPrecision(3)));
}
