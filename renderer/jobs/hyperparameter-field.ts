import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";

export type HyperparameterName = keyof Hyperparameters;

/** What is counted, in the plural, as it stands behind a field; and one of it. */
export const ONE_OF = {
  rows: "row",
  batches: "batch",
  tokens: "token",
  steps: "step",
  validations: "validation",
} as const;
type Unit = keyof typeof ONE_OF;

type Common = {
  readonly name: HyperparameterName;
  readonly label: string;
  /** What it does, for somebody who has not met it. */
  readonly hint: string;
};

/** How one hyperparameter is called, explained and chosen. */
export type HyperparameterField = Common &
  (
    | { readonly kind: "number"; readonly unit?: Unit }
    /** Empty means: the trainer chooses. */
    | { readonly kind: "optional"; readonly unit?: Unit; readonly whenEmpty: string }
    | { readonly kind: "choice"; readonly choices: readonly HyperparameterChoice[] }
    | { readonly kind: "modules" }
    /** Any number of texts, one on a line. */
    | {
        readonly kind: "prompts";
        readonly name: "sample_prompts";
        readonly whenEmpty: string;
      }
    | { readonly kind: "flag" }
  );

export type HyperparameterChoice = {
  readonly value: string;
  readonly label: string;
  readonly detail?: string;
};

export type HyperparameterGroup = {
  readonly title: string;
  readonly fields: readonly HyperparameterField[];
};
