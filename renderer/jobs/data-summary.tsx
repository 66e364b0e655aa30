import type { JobPlan } from "../../shared/contract/jobs.ts";
import { Facts } from "../controls/facts.tsx";
import { Section } from "../controls/section.tsx";
import { formatCompact, formatCount } from "../format/numbers.ts";

type DataSummaryProps = { readonly plan: JobPlan };

/** What the trainer made of the dataset and the model before its first step. */
export function DataSummary({ plan }: DataSummaryProps) {
  const { data, device, precision, parameters, trainableParameters } = plan;
  const share = parameters === 0 ? 0 : (trainableParameters / parameters) * 100;
  const facts = [
    { name: "Device", value: `${device}, ${precision}` },
    {
      name: "Trained parameters",
      value: `${formatCompact(trainableParameters)} of ${formatCompact(parameters)} (${share.toFixed(2)} %)`,
    },
    { name: "Rows trained on", value: formatCount(data.train_rows) },
    { name: "Rows held out", value: formatCount(data.validation_rows) },
    { name: "Tokens per epoch", value: formatCompact(data.train_tokens) },
    { name: "of these learnt", value: formatCompact(data.label_tokens) },
    { name: "Truncated", value: formatCount(data.truncated) },
    { name: "Dropped as too long", value: formatCount(data.dropped_too_long) },
    { name: "Duplicates removed", value: formatCount(data.duplicates_removed) },
    { name: "Without an answer", value: formatCount(data.without_labels) },
    { name: "Rejected", value: formatCount(data.rejected) },
  ];
  return (
    <Section title="What the trainer found">
      <Facts facts={facts} />
    </Section>
  );
}
