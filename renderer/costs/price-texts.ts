import { type Prices, pricesSchema } from "../../shared/contract/costs.ts";
import { decimalNumber } from "../format/decimal-number.ts";

const HOURS = 24;

export type PriceKind = "none" | "flat" | "by_hour";

/** Prices as they are typed, which need not make sense yet. */
export type PriceTexts = {
  readonly currency: string;
  readonly kind: PriceKind;
  readonly perKwh: string;
  /** One for each hour of the day. */
  readonly byHour: readonly string[];
  readonly hardwarePerHour: string;
  readonly overheadPercent: string;
  readonly unitsPerDollar: string;
};

export type PriceField = Exclude<keyof PriceTexts, "kind">;
export type PriceProblems = Partial<Record<PriceField, string>>;

export type ReadPrices = {
  /** Null as long as there is any problem. */
  readonly values: Prices | null;
  readonly problems: PriceProblems;
  /** Which of the 24 prices are wrong. */
  readonly wrongHours: readonly number[];
};

export function textsOfPrices(prices: Prices): PriceTexts {
  const { electricity, hardwarePerHour, machineOverheadShare, unitsPerDollar } = prices;
  const text = (value: number | null): string => (value === null ? "" : String(value));
  const flat = electricity?.kind === "flat" ? String(electricity.perKwh) : "";
  return {
    currency: prices.currency,
    kind: electricity?.kind ?? "none",
    perKwh: flat,
    byHour:
      electricity?.kind === "by_hour"
        ? electricity.perKwh.map(String)
        : Array.from({ length: HOURS }, () => flat),
    hardwarePerHour: text(hardwarePerHour),
    overheadPercent: String(Number((machineOverheadShare * 100).toFixed(4))),
    unitsPerDollar: text(unitsPerDollar),
  };
}

/** Whoever goes from one price to one for each hour begins with that price in each. */
export function withKind(texts: PriceTexts, kind: PriceKind): PriceTexts {
  const isUntouched = texts.byHour.every((text) => text === "");
  return kind === "by_hour" && isUntouched
    ? { ...texts, kind, byHour: texts.byHour.map(() => texts.perKwh) }
    : { ...texts, kind };
}

export function readPrices(texts: PriceTexts): ReadPrices {
  const problems: PriceProblems = {};
  const amount = (field: Exclude<PriceField, "byHour" | "currency">): number => {
    const value = decimalNumber(texts[field].trim());
    const problem = problemOf(texts[field], value);
    if (problem !== null) problems[field] = problem;
    return value;
  };
  const optional = (field: "hardwarePerHour" | "unitsPerDollar"): number | null =>
    texts[field].trim() === "" ? null : amount(field);

  const currency = texts.currency.trim().toUpperCase();
  if (!/^[A-Z]{3}$/.test(currency)) problems.currency = "Three letters, such as EUR or USD.";
  const hours = texts.byHour.map((text) => decimalNumber(text.trim()));
  const wrongHours =
    texts.kind === "by_hour" ? hours.flatMap((value, hour) => (value >= 0 ? [] : hour)) : [];
  if (wrongHours.length > 0) problems.byHour = "Each hour needs a price, 0 or more.";

  const values = {
    currency,
    electricity: electricityOf(texts.kind, hours, () => amount("perKwh")),
    hardwarePerHour: optional("hardwarePerHour"),
    machineOverheadShare: texts.overheadPercent.trim() === "" ? 0 : amount("overheadPercent") / 100,
    unitsPerDollar: optional("unitsPerDollar"),
  };
  if (values.unitsPerDollar === 0) problems.unitsPerDollar = "Must be more than 0.";
  if (values.machineOverheadShare > 5) problems.overheadPercent = "Must be at most 500.";
  const isGood = Object.keys(problems).length === 0;
  return { values: isGood ? pricesSchema.parse(values) : null, problems, wrongHours };
}

function electricityOf(
  kind: PriceKind,
  hours: readonly number[],
  flat: () => number,
): Prices["electricity"] {
  if (kind === "none") return null;
  return kind === "flat" ? { kind, perKwh: flat() } : { kind, perKwh: [...hours] };
}

function problemOf(text: string, value: number): string | null {
  if (value >= 0) return null;
  if (text.trim() === "") return "A price is needed here.";
  if (value < 0) return "Must be at least 0.";
  return text.includes(",") ? "Use a point for decimals." : "This is not a number.";
}
