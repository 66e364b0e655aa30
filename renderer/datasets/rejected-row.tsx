import type { Rejection } from "../../shared/contract/datasets.ts";
import { formatCount } from "../format/numbers.ts";
import { REASON_NAMES } from "./dataset-words.ts";
import styles from "./rejected-rows.module.css";

type RejectedRowProps = {
  readonly index: number;
  /** Undefined while it is on its way. */
  readonly row: Rejection | undefined;
  readonly measure: (element: HTMLElement | null) => void;
};

export function RejectedRow({ index, row, measure }: RejectedRowProps) {
  return (
    <tr ref={measure} data-index={index} aria-rowindex={index + 2}>
      {row === undefined ? (
        <td colSpan={4} className={styles.waiting}>
          Loading…
        </td>
      ) : (
        <>
          <td className={styles.place}>{formatCount(row.line)}</td>
          <td className={styles.reasonCell}>{REASON_NAMES[row.reason]}</td>
          <td className={styles.message}>{row.message}</td>
          <td className={styles.message}>
            <code className={styles.excerpt}>{row.excerpt}</code>
          </td>
        </>
      )}
    </tr>
  );
}
