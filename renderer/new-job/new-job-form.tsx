import type { FormEvent } from "react";
import type { Dataset } from "../../shared/contract/datasets.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { BaseModel } from "../../shared/contract/models.ts";
import { Page, PageBody } from "../controls/page.tsx";
import { Section } from "../controls/section.tsx";
import { PreflightSection } from "../preflight/preflight-section.tsx";
import { AccountingSection } from "./accounting-section.tsx";
import { DatasetChoice } from "./dataset-choice.tsx";
import { HyperparameterEditor } from "./hyperparameter-editor.tsx";
import type { JobForm } from "./job-form.ts";
import { JobReview } from "./job-review.tsx";
import { ModelChoice } from "./model-choice.tsx";
import styles from "./new-job-form.module.css";
import { PresetChoice } from "./preset-choice.tsx";
import { useJobForm } from "./use-job-form.ts";

type NewJobFormProps = {
  readonly datasets: readonly Dataset[];
  readonly models: readonly BaseModel[];
  readonly jobs: readonly Job[];
  readonly begin: () => JobForm;
};

/** Three choices at the left, what they amount to at the right. */
export function NewJobForm(props: NewJobFormProps) {
  const state = useJobForm(props);
  const { form, change, choice } = state;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (state.canStart) state.start.run();
  };
  return (
    <Page
      title="New job"
      state="Train an adapter: choose a dataset, a base model and the settings."
    >
      <PageBody width="measure">
        <form className={styles.form} onSubmit={send} aria-label="New job" noValidate>
          <div className={styles.choices}>
            <Section title="Dataset">
              <DatasetChoice
                datasets={props.datasets}
                value={form.datasetId}
                onChange={(id) => change({ type: "dataset", id })}
              />
            </Section>
            <Section title="Base model">
              <ModelChoice
                models={props.models}
                value={form.modelId}
                onChange={(id) => change({ type: "model", id })}
              />
            </Section>
            <Section title="Settings">
              <PresetChoice
                value={form.presetId}
                onChange={(id) => change({ type: "preset", id })}
              />
              <HyperparameterEditor
                texts={form.texts}
                problems={choice.hyperparameters.problems}
                onChange={(field, text) => change({ type: "value", field, text })}
              />
            </Section>
            <PreflightSection
              input={state.input}
              onPropose={(texts) => change({ type: "proposal", texts })}
            />
            <AccountingSection
              accounting={form.accounting}
              jobs={props.jobs}
              onChange={(accounting) => change({ type: "accounting", accounting })}
            />
          </div>
          <JobReview state={state} />
        </form>
      </PageBody>
    </Page>
  );
}
