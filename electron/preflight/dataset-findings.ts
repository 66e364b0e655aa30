import type { ReadyDataset } from "../../shared/contract/datasets.ts";
import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import type { ExpectedSteps } from "./expected-steps.ts";
import { type Finding, finding } from "./finding.ts";

const FEW_ROWS = 50;
const MANY_DUPLICATES = 0.05;
const MANY_REJECTED = 0.01;
/** Fewer steps than this hardly change a model, whatever the learning rate. */
const FEW_STEPS = 10;

const LONG_ROWS: { readonly [K in Hyperparameters["long_rows"]]: string } = {
  drop: "are left out",
  truncate: "are cut at the end",
  split: "are split into several",
};

/** What in the data, or in how it meets the settings, a researcher should know before hours of it. */
export function datasetFindings(
  dataset: ReadyDataset,
  { details }: Pick<ReadyModel, "details">,
  settings: Hyperparameters,
  expected: ExpectedSteps,
): Finding[] {
  const { rows, rejected, duplicates, longestRowCharacters } = dataset.statistics;
  const findings: Finding[] = [];
  const warn = (
    ...of: Parameters<typeof finding> extends [unknown, ...infer Rest] ? Rest : never
  ) => findings.push(finding("warning", ...of));
  if (rows < FEW_ROWS) {
    warn(
      `The dataset has ${rows} rows: the model will repeat them rather than learn from them.`,
      "Add rows, or train fewer epochs with a lower learning rate.",
    );
  }
  if (duplicates > rows * MANY_DUPLICATES) {
    warn(`${duplicates} of ${rows} rows are repeated; each is trained on once.`);
  }
  if (rejected > (rows + rejected) * MANY_REJECTED) {
    warn(
      `${rejected} rows were left out when the dataset was imported.`,
      "Look at them in Datasets: each says what is wrong.",
    );
  }
  const longest = Math.ceil(longestRowCharacters / 4);
  if (longest > settings.max_sequence_tokens) {
    warn(
      `The longest row has about ${longest.toLocaleString("en")} tokens; rows of more than ${settings.max_sequence_tokens.toLocaleString("en")} ${LONG_ROWS[settings.long_rows]}.`,
    );
  }
  const { contextTokens } = details;
  if (contextTokens !== null && settings.max_sequence_tokens > contextTokens) {
    findings.push(
      finding(
        "bad",
        `The base model reads ${contextTokens.toLocaleString("en")} tokens at most, and rows may have ${settings.max_sequence_tokens.toLocaleString("en")}.`,
        "Shorten the longest sequence to what the model can read.",
        { max_sequence_tokens: contextTokens },
      ),
    );
  }
  const wantsValidation =
    settings.early_stopping_patience !== null || settings.adapter_from === "best";
  if (wantsValidation && settings.validation_share === 0) {
    findings.push(
      finding(
        "bad",
        "No rows are held out for validation, but the run is to stop or choose its weights by them.",
        "Hold some rows out.",
        { validation_share: 0.05 },
      ),
    );
  }
  if (!details.hasChatTemplate && dataset.format !== "text") {
    warn("The base model has no chat template: conversations are written as ChatML.");
  }
  if (expected.steps < FEW_STEPS) {
    warn(
      `The run has only ${expected.steps} ${expected.steps === 1 ? "step" : "steps"}.`,
      "Lower the accumulation steps or train more epochs, so that there are more of them.",
    );
  }
  return findings;
}
