import type { Preflight } from "../../shared/contract/preflight.ts";
import { Facts } from "../controls/facts.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import type { HyperparameterTexts } from "../new-job/hyperparameter-texts.ts";
import { FindingList } from "./finding-list.tsx";
import { MemoryBar } from "./memory-bar.tsx";
import { preflightFacts } from "./preflight-facts.ts";
import styles from "./preflight-report.module.css";

const USUAL_CURRENCY = "EUR";

type PreflightReportProps = {
  readonly preflight: Preflight;
  readonly onPropose: (texts: Partial<HyperparameterTexts>) => void;
};

export function PreflightReport({ preflight, onPropose }: PreflightReportProps) {
  const currency = useDesk(
    ({ settings }) => valueOr(settings, null)?.prices.currency ?? USUAL_CURRENCY,
  );
  const facts = preflightFacts(preflight, currency);
  const half = Math.ceil(facts.length / 2);
  return (
    <div className={styles.report}>
      <MemoryBar memory={preflight.memory} />
      <div className={styles.facts}>
        <Facts facts={facts.slice(0, half)} />
        <Facts facts={facts.slice(half)} />
      </div>
      <p className={styles.basis}>{preflight.cost.basis}</p>
      <FindingList findings={preflight.findings} onPropose={onPropose} />
    </div>
  );
}
