import { Link } from "@tanstack/react-router";
import type { Job } from "../../shared/contract/jobs.ts";
import { CodeBlock } from "../controls/code-block.tsx";
import { Facts } from "../controls/facts.tsx";
import type { Fact } from "../controls/facts.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { useRequest } from "../core/use-request.ts";
import { formatDateTime } from "../format/time.ts";
import { accountingFacts } from "./accounting-words.ts";
import { DataSummary } from "./data-summary.tsx";
import { HYPERPARAMETER_GROUPS, hyperparameterText } from "./hyperparameter-words.ts";
import styles from "./job-configuration.module.css";
import { isDownloaded } from "./jobs-slice.ts";
import { PRESET_WORDS } from "./job-words.ts";
import { PackageVersions } from "./package-versions.tsx";
import { TabBody } from "./tab-body.tsx";

const NO_JOBS: readonly Job[] = [];

type JobConfigurationProps = { readonly job: Job };

/** Everything that decides the outcome of a run, readable above and exact below. */
export function JobConfiguration({ job }: JobConfigurationProps) {
  const jobs = useDesk((state) => valueOr(state.jobs, NO_JOBS));
  // Before the launch the file is only foreseen; it is written at the first attempt.
  // Of a downloaded run the file stays where it ran, with all that does not sync.
  const isCopy = isDownloaded(job);
  const config = useRequest("jobs.config", isCopy ? null : { id: job.id }, job.attempt);
  return (
    <TabBody>
      <Section title="Run">
        <Facts facts={runFacts(job)} />
      </Section>
      {!isCopy && (
        <Section title="Queue and accounting">
          <Facts facts={accountingFacts(job.accounting, jobs)} />
        </Section>
      )}
      <div className={styles.columns}>
        {HYPERPARAMETER_GROUPS.map(({ title, fields }) => (
          <Section key={title} title={title}>
            <Facts
              facts={fields.map((field) => ({
                name: field.label,
                value: hyperparameterText(field, job.hyperparameters),
              }))}
            />
          </Section>
        ))}
      </div>
      {job.plan !== null && <DataSummary plan={job.plan} dryRun={job.dryRun} />}
      {!isCopy && <PackageVersions packages={job.plan?.packages ?? null} />}
      {!isCopy && (
        <Section title="config.json">
          {config.state === "loading" && <Skeleton label="configuration" rows={8} rowHeight={14} />}
          {config.state === "failed" && (
            <Note tone="bad" title="The configuration could not be read">
              {config.error.message}
            </Note>
          )}
          {config.state === "ready" && <CodeBlock label="Configuration" text={config.value.text} />}
        </Section>
      )}
    </TabBody>
  );
}

function runFacts(job: Job): readonly Fact[] {
  const { dataset, baseModel } = job;
  return [
    {
      name: "Dataset",
      value: (
        <Link to="/datasets/$datasetId" params={{ datasetId: dataset.id }}>
          {dataset.name}
        </Link>
      ),
    },
    { name: "Base model", value: baseModel.name },
    ...(isDownloaded(job) ? [] : [{ name: "Model folder", value: baseModel.path, isMono: true }]),
    { name: "Preset", value: PRESET_WORDS[job.presetId] },
    { name: "Workstation", value: job.workstation },
    { name: "Created", value: formatDateTime(job.createdAt) },
    { name: "Run folder", value: job.runPath, isMono: true },
  ];
}
