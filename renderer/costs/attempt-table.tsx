import type { AttemptCost } from "../../shared/contract/costs.ts";
import tableStyles from "../controls/table.module.css";
import { formatEnergy, formatHours, formatMoney } from "../format/money.ts";
import { UNKNOWN } from "../format/numbers.ts";
import { formatDateTime, formatDuration } from "../format/time.ts";
import styles from "./cost-table.module.css";

type AttemptTableProps = {
  readonly currency: string;
  readonly attempts: readonly AttemptCost[];
};

export function AttemptTable({ currency, attempts }: AttemptTableProps) {
  const number = tableStyles.number;
  return (
    <div className={styles.scroller}>
      <table className={`${tableStyles.table} ${tableStyles.inset}`} aria-label="Costs by attempt">
        <thead>
          <tr>
            <th>Attempt</th>
            <th>Started</th>
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
          {attempts.map((one) => (
            <tr key={one.attempt}>
              <td>
                {one.attempt}
                {one.endedAt === null && <span className={styles.live}> so far</span>}
              </td>
              <td className={tableStyles.muted}>{formatDateTime(one.startedAt)}</td>
              <td className={number}>{formatDuration(one.seconds)}</td>
              <td className={number}>
                {one.gpuSeconds === 0 ? UNKNOWN : formatHours(one.gpuSeconds / 3600)}
              </td>
              <td className={number}>
                {one.gapGpuSeconds === 0 ? "" : formatDuration(one.gapGpuSeconds)}
              </td>
              <td className={number}>{formatEnergy(one.energyKwh)}</td>
              <td className={number}>{formatMoney(one.energyCost, currency)}</td>
              <td className={number}>{formatMoney(one.hardwareCost, currency)}</td>
              <td className={number}>{formatMoney(one.cloudCost, currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
