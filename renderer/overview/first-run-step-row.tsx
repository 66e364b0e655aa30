import { CircleAlert, CircleCheck, CircleDot } from "lucide-react";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { formatShare } from "../format/numbers.ts";
import { FirstRunAction } from "./first-run-action.tsx";
import { FIRST_RUN_NAMES } from "./first-run.ts";
import type { FirstRunStep } from "./first-run.ts";
import styles from "./first-run-guide.module.css";

const STATE_WORDS: Readonly<Record<FirstRunStep["state"], string>> = {
  open: "to do",
  under_way: "under way",
  failed: "failed",
  done: "done",
};

type FirstRunStepRowProps = {
  readonly step: FirstRunStep;
  readonly number: number;
  /** The newest job, if there is one. */
  readonly jobId: string | undefined;
};

export function FirstRunStepRow({ step, number, jobId }: FirstRunStepRowProps) {
  const { id, state, message, share } = step;
  return (
    <li className={styles.step}>
      <span className={styles.sign}>
        <Sign state={state} number={number} />
      </span>
      <div>
        <h3 className={styles.name}>
          {FIRST_RUN_NAMES[id]}
          <span className="visually-hidden">, {STATE_WORDS[state]}</span>
        </h3>
        <p className={styles.message}>{message}</p>
        {state === "under_way" && (
          <div className={styles.progress}>
            <ProgressBar label={`${FIRST_RUN_NAMES[id]}: progress`} share={share} tone="running" />
            {share !== null && <span className={styles.share}>{formatShare(share)}</span>}
          </div>
        )}
      </div>
      <div className={styles.action}>
        <FirstRunAction step={step} jobId={jobId} />
      </div>
    </li>
  );
}

type SignProps = { readonly state: FirstRunStep["state"]; readonly number: number };

function Sign({ state, number }: SignProps) {
  switch (state) {
    case "done":
      return <CircleCheck size={18} className={styles.done} aria-hidden />;
    case "under_way":
      return <CircleDot size={18} className={styles.under_way} aria-hidden />;
    case "failed":
      return <CircleAlert size={18} className={styles.failed} aria-hidden />;
    case "open":
      return (
        <span className={styles.number} aria-hidden>
          {number}
        </span>
      );
  }
}
