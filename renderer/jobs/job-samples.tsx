import { MessageSquareText } from "lucide-react";
import { useMemo, useState } from "react";
import type { Job } from "../../shared/contract/jobs.ts";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { Segments } from "../controls/segments.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { valueOr } from "../core/loadable.ts";
import styles from "./job-samples.module.css";
import { isEnded } from "./jobs-slice.ts";
import { PromptAnswers } from "./prompt-answers.tsx";
import type { AnswerLook } from "./prompt-answers.tsx";
import { samplesByPrompt } from "./samples.ts";
import { TabBody } from "./tab-body.tsx";
import { useJobSamples } from "./use-job-samples.ts";

const LOOKS = [
  { value: "written", label: "As written" },
  { value: "compared", label: "Compared with the first" },
] as const;

type JobSamplesProps = { readonly job: Job };

/** What the model in training answers to the run's prompts, the newest first. */
export function JobSamples({ job }: JobSamplesProps) {
  const samples = useJobSamples(job.id);
  const [look, setLook] = useState<AnswerLook>("written");
  const prompts = useMemo(() => samplesByPrompt(valueOr(samples, [])), [samples]);
  return (
    <TabBody width="measure">
      {samples.state === "loading" && <Skeleton label="samples" rows={6} rowHeight={20} />}
      {samples.state === "failed" && (
        <Note tone="bad" title="The samples could not be fetched">
          {samples.error.message}
        </Note>
      )}
      {samples.state === "ready" && prompts.length === 0 && (
        <EmptyState icon={MessageSquareText} title="No samples yet">
          {emptyWords(job)}
        </EmptyState>
      )}
      {prompts.length > 0 && (
        <div className={styles.look}>
          <Segments
            label="How answers are shown"
            segments={LOOKS}
            value={look}
            onChange={setLook}
          />
        </div>
      )}
      {prompts.map((prompt) => (
        <PromptAnswers key={prompt.prompt} samples={prompt} look={look} />
      ))}
    </TabBody>
  );
}

function emptyWords(job: Job): string {
  const { sample_prompts: prompts, sample_every_steps: everySteps } = job.hyperparameters;
  if (prompts.length === 0) {
    return "This run has no sample prompts. Give some under All settings of a new job, and its model answers them while it learns.";
  }
  if (isEnded(job)) {
    return "The run ended before its model answered the first time.";
  }
  return everySteps === null
    ? "The model answers its prompts with every validation and at the end."
    : `The model answers its prompts every ${everySteps} steps and at the end.`;
}
