import type { CostTotal, Prices } from "../../shared/contract/costs.ts";
import tableStyles from "../controls/table.module.css";
import { formatEnergy, formatHours, formatMoney } from "../format/money.ts";
import { UNKNOWN, formatCount } from "../format/numbers.ts";
import styles from "./cost-table.module.css";
import { TOTAL_WORDS, totalLabel } from "./total-words.ts";
import type { TotalsBy } from "./total-words.ts";

type TotalsTableProps = {
  readonly by: TotalsBy;
  readonly currency: string;
  readonly totals: readonly CostTotal[];
  /** Null as long as they have not arrived. */
  readonly prices: Prices | null;
};

export function TotalsTable({ by, currency, totals, prices }: TotalsTableProps) {
  const number = tableStyles.number;
  // A price that was never entered is not a price of nothing.
  const energyCost = (cost: number): string =>
    cost === 0 && prices?.electricity === null ? UNKNOWN : formatMoney(cost, currency);
  const hardwareCost = (cost: number): string =>
    cost === 0 && prices?.hardwarePerHour === null ? UNKNOWN : formatMoney(cost, currency);
  const figures = (total: Omit<CostTotal, "label">) => (
    <>
      <td className={number}>{formatCount(total.runs)}</td>
      <td className={number}>{formatHours(total.hours)}</td>
      <td className={number}>{orUnknown(total, formatHours(total.gpuHours))}</td>
      <td className={number}>{total.gapGpuHours === 0 ? "" : formatHours(total.gapGpuHours)}</td>
      <td className={number}>{orUnknown(total, formatEnergy(total.energyKwh))}</td>
      <td className={number}>{orUnknown(total, energyCost(total.energyCost))}</td>
      <td className={number}>{hardwareCost(total.hardwareCost)}</td>
      <td className={number}>{orUnknown(total, formatMoney(total.cloudCost, currency))}</td>
    </>
  );
  return (
    <div className={styles.scroller}>
      <table
        className={`${tableStyles.table} ${tableStyles.inset}`}
        aria-label={`Costs by ${TOTAL_WORDS[by].toLowerCase()}`}
      >
        <thead>
          <tr>
            <th>{TOTAL_WORDS[by]}</th>
            <th className={number}>Runs</th>
            <th className={number}>Time</th>
            <th className={number}>GPU time</th>
            <th className={number}>Without power</th>
            <th className={number}>Energy</th>
            <th className={number}>Electricity</th>
            <th className={number}>Hardware</th>
            <th className={number}>In the cloud</th>
          </tr>
        </thead>
        <tbody>
          {totals.map((total) => (
            <tr key={total.label}>
              <td className={styles.label}>{totalLabel(by, total.label)}</td>
              {figures(total)}
            </tr>
          ))}
        </tbody>
        {by !== "month" && totals.length > 1 && (
          <tfoot>
            <tr className={styles.total}>
              <td>All</td>
              {figures(sumTotals(totals))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

/** Where no GPU was used there is nothing measured, which is not the same as nothing. */
function orUnknown({ gpuHours }: Pick<CostTotal, "gpuHours">, text: string): string {
  return gpuHours === 0 ? UNKNOWN : text;
}

function sumTotals(totals: readonly CostTotal[]): Omit<CostTotal, "label"> {
  const sum = (name: keyof Omit<CostTotal, "label">): number =>
    totals.reduce((before, total) => before + total[name], 0);
  return {
    runs: sum("runs"),
    hours: sum("hours"),
    gpuHours: sum("gpuHours"),
    energyKwh: sum("energyKwh"),
    gapGpuHours: sum("gapGpuHours"),
    energyCost: sum("energyCost"),
    hardwareCost: sum("hardwareCost"),
    cloudCost: sum("cloudCost"),
  };
}
