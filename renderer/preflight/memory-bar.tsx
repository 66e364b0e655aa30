import type { Preflight } from "../../shared/contract/preflight.ts";
import { formatMemory } from "../format/bytes.ts";
import styles from "./memory-bar.module.css";
import { memoryScale, memoryWords } from "./memory-scale.ts";

/** As many as there are colours of charts; what is beyond shares the last. */
const COLOURS = ["loss", "rate", "speed", "norm", "validation", "mark"] as const;

type MemoryBarProps = { readonly memory: Preflight["memory"] };

/** What each part of the run takes of the device's memory, against what there is. */
export function MemoryBar({ memory }: MemoryBarProps) {
  const { parts, limitMb, measuredMb } = memory;
  const scale = memoryScale(memory);
  const percent = (mb: number): string => `${(mb / scale) * 100}%`;
  const colourOf = (index: number): string | undefined =>
    styles[COLOURS[Math.min(index, COLOURS.length - 1)] ?? "mark"];
  const { text, isOver } = memoryWords(memory);
  return (
    <div className={styles.memory}>
      <p className={styles.heading}>
        <span className={styles.name}>Memory</span>
        <span className={isOver ? styles.over : undefined}>{text}</span>
      </p>
      <div className={styles.bar} aria-hidden>
        {parts.map(({ name, mb }, index) => (
          <span
            key={name}
            className={`${styles.part} ${colourOf(index)}`}
            style={{ width: percent(mb) }}
            title={`${name}: ${formatMemory(mb)}`}
          />
        ))}
        {measuredMb !== null && (
          <span className={styles.measured} style={{ left: percent(measuredMb) }} />
        )}
        {limitMb !== null && <span className={styles.limit} style={{ left: percent(limitMb) }} />}
      </div>
      <ul className={styles.legend} aria-label="Memory by part">
        {parts.map(({ name, mb }, index) => (
          <li key={name}>
            <span className={`${styles.key} ${colourOf(index)}`} aria-hidden />
            {name} <span className={styles.figure}>{formatMemory(mb)}</span>
          </li>
        ))}
        {measuredMb !== null && (
          <li>
            <span className={styles.measuredKey} aria-hidden />
            measured <span className={styles.figure}>{formatMemory(measuredMb)}</span>
          </li>
        )}
        {limitMb !== null && (
          <li>
            <span className={styles.limitKey} aria-hidden />
            there is <span className={styles.figure}>{formatMemory(limitMb)}</span>
          </li>
        )}
      </ul>
    </div>
  );
}
