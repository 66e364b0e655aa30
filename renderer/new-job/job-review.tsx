import { Play } from "lucide-react";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import { Button } from "../controls/button.tsx";
import { Facts } from "../controls/facts.tsx";
import type { Fact } from "../controls/facts.tsx";
import { Field } from "../controls/field.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { TextInput } from "../controls/text-input.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { UNKNOWN, formatCount } from "../format/numbers.ts";
import { PRESET_WORDS, shortModelName } from "../jobs/job-words.ts";
import { ConditionList } from "./condition-list.tsx";
import { DeviceChoice } from "./device-choice.tsx";
import type { JobChoice, JobForm } from "./job-form.ts";
import { KeepChoice } from "./keep-choice.tsx";
import styles from "./job-review.module.css";
import { estimateRun } from "./run-estimate.ts";
import type { JobFormState } from "./use-job-form.ts";

const LONGEST_NAME = 200;

const gpuCount = (device: RunDevice): number => (device.kind === "cpu" ? 1 : device.uuids.length);

type JobReviewProps = { readonly state: JobFormState };

/** What will be done, on which device, under which name; and what is still in the way. */
export function JobReview({ state }: JobReviewProps) {
  const { form, change, choice, conditions, canStart, start } = state;
  const report = useDesk(({ gpuReport }) => valueOr(gpuReport, null));
  return (
    <div className={styles.review}>
      <Section title="Review">
        <div className={styles.parts}>
          <Facts facts={reviewFacts(form, choice)} />
          <DeviceChoice
            device={choice.device}
            report={report}
            onChange={(device) => change({ type: "device", device })}
          />
          <Field label="Name">
            <TextInput
              value={choice.name}
              onChange={(name) => change({ type: "name", name })}
              placeholder="Name of the job"
              maxLength={LONGEST_NAME}
            />
          </Field>
          <KeepChoice
            datasetId={choice.dataset?.id}
            isKept={form.isKeptLocal}
            onChange={(isKept) => change({ type: "keepLocal", isKept })}
          />
          <ConditionList conditions={conditions} />
          {start.error !== null && (
            <Note tone="bad" title="The job was not created">
              {start.error.message}
            </Note>
          )}
          <Button look="primary" icon={Play} isSubmit disabled={!canStart} isBusy={start.isRunning}>
            Start training
          </Button>
        </div>
      </Section>
    </div>
  );
}

function reviewFacts(form: JobForm, choice: JobChoice): readonly Fact[] {
  const { dataset, model, hyperparameters } = choice;
  const { values } = hyperparameters;
  const estimate =
    dataset === undefined || values === null
      ? null
      : estimateRun(dataset.statistics.rows, values, gpuCount(choice.device));
  return [
    { name: "Dataset", value: dataset?.name ?? UNKNOWN },
    { name: "Base model", value: model === undefined ? UNKNOWN : shortModelName(model.name) },
    { name: "Preset", value: PRESET_WORDS[form.presetId] },
    {
      name: "Rows",
      value:
        estimate === null
          ? UNKNOWN
          : `about ${formatCount(estimate.trainingRows)} + ${formatCount(estimate.validationRows)} held out`,
    },
    {
      name: "Rows per step",
      value: estimate === null ? UNKNOWN : formatCount(estimate.rowsPerStep),
    },
    { name: "Steps", value: estimate === null ? UNKNOWN : `about ${formatCount(estimate.steps)}` },
  ];
}
