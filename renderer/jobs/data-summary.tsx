import type { JobPlan } from "../../shared/contract/jobs.ts";
import { Facts } from "../controls/facts.tsx";
import type { Fact } from "../controls/facts.tsx";
import { Section } from "../controls/section.tsx";
import { formatCompact, formatCount } from "../format/numbers.ts";
import styles from "./data-summary.module.css";

type DataSummaryProps = { readonly plan: JobPlan };

/** What the trainer made of the dataset and the model before its first step. */
export function DataSummary({ plan }: DataSummaryProps) {
  return (
    <Section title="What the trainer found">
      <div className={styles.columns}>
        <Facts facts={machineFacts(plan)} />
        <Facts facts={rowFacts(plan)} />
        <Facts facts={leftOutFacts(plan)} />
      </div>
    </Section>
  );
}

function machineFacts({ device, precision, parameters, trainableParameters }: JobPlan): Fact[] {
  const share = parameters === 0 ? 0 : (trainableParameters / parameters) * 100;
  return [
    { name: "Device", value: device },
    { name: "Precision", value: precision },
    { name: "Parameters", value: formatCompact(parameters) },
    {
      name: "of these trained",
      value: `${formatCompact(trainableParameters)} (${share.toFixed(2)}\u202f%)`,
    },
  ];
}

function rowFacts({ data }: JobPlan): Fact[] {
  return [
    { name: "Rows trained on", value: formatCount(data.train_rows) },
    { name: "Rows held out", value: formatCount(data.validation_rows) },
    { name: "Tokens per epoch", value: formatCompact(data.train_tokens) },
    { name: "of these learnt", value: formatCompact(data.label_tokens) },
  ];
}

function leftOutFacts({ data }: JobPlan): Fact[] {
  return [
    { name: "Rows truncated", value: formatCount(data.truncated) },
    { name: "Too long, dropped", value: formatCount(data.dropped_too_long) },
    { name: "Duplicates removed", value: formatCount(data.duplicates_removed) },
    { name: "Without an answer", value: formatCount(data.without_labels) },
    { name: "Rejected", value: formatCount(data.rejected) },
  ];
}
