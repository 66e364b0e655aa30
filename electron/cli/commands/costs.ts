import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Command, Option } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import { type CostTotal, type Prices, pricesSchema } from "../../../shared/contract/costs.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";
import { table } from "../terminal.ts";

interface CostOptions {
  by: "month" | "dataset" | "project";
  csv?: string;
  json?: boolean;
}

interface PriceOptions {
  currency?: string;
  electricity?: string;
  hardware?: string;
  overhead?: string;
  dollar?: string;
  json?: boolean;
}

/** `costs`: the energy that runs took and what they cost. */
export function addCostCommands(program: Command, run: RunWithCore): void {
  const costs = program
    .command("costs")
    .description("what the runs took and cost: hours, energy, money")
    .addOption(
      new Option("--by <what>", "what to add up by")
        .choices(["month", "dataset", "project"])
        .default("month"),
    )
    .option("--csv <file>", "write the records as CSV to a file instead")
    .option("--json", "print one JSON line")
    .action((options: CostOptions) =>
      run(options, async ({ core: { client }, isJson }) => {
        if (options.csv !== undefined) {
          const path = resolve(options.csv);
          const { text } = await client.request("costs.csv", {});
          await write(path, text);
          print(isJson, { ok: true, path }, () => `Written to ${path}`);
          return;
        }
        const { currency, totals } = await client.request("costs.totals", { by: options.by });
        print(isJson, { ok: true, by: options.by, currency, totals }, () =>
          describeTotals(options.by, currency, totals),
        );
      }),
    );
  costs
    .command("prices")
    .description("show or set what electricity and the machine cost")
    .option("--currency <code>", "three letters, as EUR")
    .option("--electricity <price>", "per kWh; 24 values with commas, one for each hour; or none")
    .option("--hardware <price>", "of the machine per hour of training; or none")
    .option("--overhead <share>", "of the GPUs' energy that the rest of the machine takes: 0.3")
    .option("--dollar <rate>", "what one US dollar is, for cloud prices; none: a typical rate")
    .option("--json", "print one JSON line")
    .action((_options: PriceOptions, command: Command) => {
      // `--json` may stand before the word `prices` too.
      const options = command.optsWithGlobals<PriceOptions>();
      return run(options, async ({ core: { client }, isJson }) => {
        const present = await client.request("costs.prices", {});
        const wanted = pricesOf(present, options);
        const prices = wanted === null ? present : await client.request("costs.setPrices", wanted);
        print(isJson, { ok: true, ...prices }, () => describePrices(prices));
      });
    });
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError("unavailable", `${path} could not be written (${code ?? "unknown"}).`, {
      cause: error,
    });
  }
}

/** Null when nothing is to be changed. */
function pricesOf(present: Prices, options: PriceOptions): Prices | null {
  const { currency, electricity, hardware, overhead, dollar } = options;
  const wanted = {
    ...present,
    ...(currency === undefined ? {} : { currency: currency.toUpperCase() }),
    ...(electricity === undefined ? {} : { electricity: electricityOf(electricity) }),
    ...(hardware === undefined ? {} : { hardwarePerHour: numberOrNone(hardware) }),
    ...(overhead === undefined ? {} : { machineOverheadShare: numberOf(overhead) }),
    ...(dollar === undefined ? {} : { unitsPerDollar: numberOrNone(dollar) }),
  };
  if (isDeepStrictEqual(wanted, present)) return null;
  const prices = pricesSchema.safeParse(wanted);
  if (prices.success) return prices.data;
  const [issue] = prices.error.issues;
  throw new AppError(
    "invalid_input",
    `These prices cannot be taken: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}. See lora-desk costs prices --help.`,
  );
}

function electricityOf(text: string): unknown {
  if (text === "none") return null;
  const values = text.split(",").map(numberOf);
  const [first] = values;
  return values.length === 1
    ? { kind: "flat", perKwh: first }
    : { kind: "by_hour", perKwh: values };
}

function numberOrNone(text: string): number | null {
  return text === "none" ? null : numberOf(text);
}

/** An empty word, as of a variable that is not set, is not the price nothing. */
function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

function describeTotals(by: CostOptions["by"], currency: string, totals: CostTotal[]): string {
  if (totals.length === 0) return "No run has been entered yet.";
  const header = [by.toUpperCase(), "RUNS", "HOURS", "GPU HOURS", "KWH", "NOT MEASURED"];
  const money = ["ELECTRICITY", "MACHINE", "IN THE CLOUD"].map((name) => `${name} (${currency})`);
  const rows = totals.map((total) => [
    total.label,
    String(total.runs),
    total.hours.toFixed(2),
    total.gpuHours.toFixed(2),
    total.energyKwh.toFixed(3),
    `${total.gapGpuHours.toFixed(2)} GPU h`,
    total.energyCost.toFixed(2),
    total.hardwareCost.toFixed(2),
    total.cloudCost.toFixed(2),
  ]);
  return table([...header, ...money], rows);
}

function describePrices(prices: Prices): string {
  const { currency, electricity, hardwarePerHour, machineOverheadShare, unitsPerDollar } = prices;
  const power =
    electricity === null
      ? "not set"
      : electricity.kind === "flat"
        ? `${electricity.perKwh} ${currency} per kWh`
        : `${electricity.perKwh.join(", ")} ${currency} per kWh, from 0 to 23 o'clock`;
  return [
    `Electricity: ${power}`,
    `Machine: ${hardwarePerHour === null ? "not set" : `${hardwarePerHour} ${currency} per hour`}`,
    `Besides the GPUs: ${Math.round(machineOverheadShare * 100)} % of their energy`,
    `One US dollar: ${unitsPerDollar === null ? `a typical rate to ${currency}` : `${unitsPerDollar} ${currency}`}`,
  ].join("\n");
}
