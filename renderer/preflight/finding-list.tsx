import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import type { Preflight } from "../../shared/contract/preflight.ts";
import { Button } from "../controls/button.tsx";
import type { HyperparameterTexts } from "../new-job/hyperparameter-texts.ts";
import styles from "./finding-list.module.css";
import { proposalTexts, proposalWords } from "./proposal-texts.ts";

const ICONS = { good: CircleCheck, warning: TriangleAlert, bad: CircleAlert } as const;
const TONES = { good: "Good", warning: "Warning", bad: "Problem" } as const;

type FindingListProps = {
  readonly findings: Preflight["findings"];
  readonly onPropose: (texts: Partial<HyperparameterTexts>) => void;
};

/** What is good, what is risky and what will not do, with values that would mend it. */
export function FindingList({ findings, onPropose }: FindingListProps) {
  return (
    <ul className={styles.list} aria-label="Findings">
      {findings.map(({ tone, message, remedy, proposal }) => {
        const Icon = ICONS[tone];
        const texts = proposalTexts(proposal);
        return (
          <li key={`${message} ${JSON.stringify(proposal)}`} className={styles.finding}>
            <Icon size={14} className={`${styles.icon} ${styles[tone]}`} aria-label={TONES[tone]} />
            <div className={styles.words}>
              <p>{message}</p>
              {remedy !== null && <p className={styles.remedy}>{remedy}</p>}
              {texts !== null && proposal !== null && (
                <p className={styles.values}>{proposalWords(proposal)}</p>
              )}
            </div>
            {texts !== null && (
              <Button size="small" onClick={() => onPropose(texts)}>
                Use this
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
