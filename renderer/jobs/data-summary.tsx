import type { JobDryRun, JobPlan } from "../../shared/contract/job-facts.ts";
import { Facts } from "../controls/facts.tsx";
import type { Fact } from "../controls/facts.tsx";
import { Section } from "../controls/section.tsx";
import { formatCompact, formatCount } from "../format/numbers.ts";
import { formatDuration, formatStepTime } from "../format/time.ts";
import styles from "./data-summary.module.css";
import { batchWords, memoryWords } from "./dry-run-words.ts";

type DataSummaryProps = { readonly plan: JobPlan; readonly dryRun: JobDryRun | null };

/** What the trainer made of the dataset and the model before its first step. */
export function DataSummary({ plan, dryRun }: DataSummaryProps) {
  return (
    <Section title="What the trainer found">
      <div className={styles.columns}>
        <Facts facts={machineFacts(plan)} />
        {dryRun !== null && <Facts facts={dryRunFacts(dryRun)} />}
        <Facts facts={rowFacts(plan)} />
        <Facts facts={leftOutFacts(plan)} />
      </div>
    </Section>
  );
}

function machineFacts(plan: JobPlan): Fact[] {
  const { device, precision, parameters, trainableParameters } = plan;
  const { processes, attention, isPacked } = plan;
  const share = parameters === 0 ? 0 : (trainableParameters / parameters) * 100;
  return [
    { name: "Device", value: device },
    ...(processes === null || processes === 1
      ? []
      : [{ name: "Processes", value: formatCount(processes) }]),
    { name: "Precision", value: precision },
    ...(attention === null ? [] : [{ name: "Attention", value: attention, isMono: true }]),
    ...(isPacked === null
      ? []
      : [{ name: "Packing", value: isPacked ? "on" : "off: batches by length" }]),
    { name: "Parameters", value: formatCompact(parameters) },
    {
      name: "of these trained",
      value: `${formatCompact(trainableParameters)} (${share.toFixed(2)}\u202f%)`,
    },
  ];
}

function dryRunFacts(dryRun: JobDryRun): Fact[] {
  return [
    { name: "Longest batch", value: batchWords(dryRun) },
    { name: "Its memory", value: memoryWords(dryRun) },
    { name: "Step, at most", value: formatStepTime(dryRun.stepMs) },
    { name: "Run, at most", value: formatDuration(dryRun.secondsLeft) },
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
    { name: "Rows split", value: formatCount(data.split) },
    { name: "Too long, dropped", value: formatCount(data.dropped_too_long) },
    { name: "Duplicates removed", value: formatCount(data.duplicates_removed) },
    { name: "Without an answer", value: formatCount(data.without_labels) },
    { name: "Rejected", value: formatCount(data.rejected) },
  ];
}
