import { LevelBar } from "../controls/level-bar.tsx";
import { formatMemory } from "../format/bytes.ts";
import { formatPercent, formatPower, formatTemperature } from "../format/numbers.ts";
import styles from "./machine-summary.module.css";

type DeviceSummaryProps = {
  /** "GPU 0" or "CPU". */
  readonly id: string;
  readonly name: string;
  readonly loadPercent: number | null;
  readonly memoryUsedMb: number | null;
  readonly memoryTotalMb: number | null;
  /** Left out where the device does not tell. */
  readonly temperatureC?: number | null;
  readonly powerW?: number | null;
};

export function DeviceSummary(props: DeviceSummaryProps) {
  const { id, name, loadPercent, memoryUsedMb, memoryTotalMb } = props;
  const memory = `${formatMemory(memoryUsedMb)} of ${formatMemory(memoryTotalMb)}`;
  const memoryShare =
    memoryUsedMb === null || memoryTotalMb === null || memoryTotalMb === 0
      ? null
      : memoryUsedMb / memoryTotalMb;
  const load = formatPercent(loadPercent);
  const { temperatureC = null, powerW = null } = props;
  const rest = [
    ...(temperatureC === null ? [] : [formatTemperature(temperatureC)]),
    ...(powerW === null ? [] : [formatPower(powerW)]),
  ];
  return (
    <div className={styles.device}>
      <div className={styles.heading}>
        <h3>{id}</h3>
        <span className={styles.rest}>{rest.join(" · ")}</span>
      </div>
      <p className={styles.name} title={name}>
        {name}
      </p>
      <div className={styles.level}>
        <span>Load</span>
        <LevelBar
          label={`${id} load`}
          share={loadPercent === null ? null : loadPercent / 100}
          text={load}
          isThin
        />
        <span className={styles.figure}>{load}</span>
      </div>
      <div className={styles.level}>
        <span>Memory</span>
        <LevelBar label={`${id} memory`} share={memoryShare} text={memory} isThin />
        <span className={styles.figure}>{memory}</span>
      </div>
    </div>
  );
}
