import type { JobSample } from "../../shared/contract/job-records.ts";

/** Samples in order of steps; a step that is repeated after a resume takes its former place. */
export function mergeSamples(
  samples: readonly JobSample[],
  incoming: readonly JobSample[],
): readonly JobSample[] {
  const byPlace = new Map(samples.map((sample) => [placeOf(sample), sample]));
  for (const sample of incoming) byPlace.set(placeOf(sample), sample);
  return [...byPlace.values()].toSorted((a, b) => a.step - b.step);
}

const placeOf = ({ step, prompt }: JobSample): string => `${step} ${prompt}`;

/** A text, and the steps at which the model gave just this answer one time after the other. */
export type SampleStretch = {
  readonly fromStep: number;
  readonly toStep: number;
  readonly text: string;
};

export type PromptSamples = {
  readonly prompt: string;
  /** Newest first, never empty. */
  readonly stretches: readonly SampleStretch[];
};

/** What was answered to each prompt, in the order in which the prompts were first asked. */
export function samplesByPrompt(samples: readonly JobSample[]): readonly PromptSamples[] {
  const prompts = new Map<string, SampleStretch[]>();
  for (const { prompt, step, text } of samples) {
    const stretches = prompts.get(prompt) ?? [];
    const newest = stretches[0];
    if (newest?.text === text) stretches[0] = { ...newest, toStep: step };
    else stretches.unshift({ fromStep: step, toStep: step, text });
    prompts.set(prompt, stretches);
  }
  return [...prompts].map(([prompt, stretches]) => ({ prompt, stretches }));
}
