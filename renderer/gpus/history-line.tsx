import { HISTORY_MINUTES, HISTORY_MS } from "./device-history.ts";
import styles from "./history-line.module.css";
import { historyPath } from "./history-path.ts";
import type { TimedValue } from "./history-path.ts";

type HistoryLineProps = {
  /** What is drawn, as in "GPU 0 power". */
  readonly label: string;
  readonly values: readonly TimedValue[];
  readonly range: readonly [number, number];
  readonly nowMs: number;
};

const WIDTH = 300;
const HEIGHT = 30;

/** The last minutes of one measure, as wide as its place; gaps stay gaps. */
export function HistoryLine({ label, values, range, nowMs }: HistoryLineProps) {
  const frame = { fromMs: nowMs - HISTORY_MS, toMs: nowMs, range, width: WIDTH, height: HEIGHT };
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}, last ${HISTORY_MINUTES} minutes`}
      className={styles.line}
    >
      <path d={historyPath(values, frame)} />
    </svg>
  );
}
