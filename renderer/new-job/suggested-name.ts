import { shortModelName } from "../jobs/job-words.ts";

const LONGEST_NAME = 200;

/** "gsm8k on Llama-3.1-8B", with a number behind it where that is taken. */
export function suggestedName(
  datasetName: string | undefined,
  modelName: string | undefined,
  taken: readonly string[],
): string {
  if (datasetName === undefined || modelName === undefined) return "";
  const base = `${datasetName} on ${shortModelName(modelName)}`.slice(0, LONGEST_NAME - 6);
  let name = base;
  for (let count = 2; taken.includes(name); count += 1) name = `${base} ${count}`;
  return name;
}
