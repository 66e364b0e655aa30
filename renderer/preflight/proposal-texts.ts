import type { Preflight } from "../../shared/contract/preflight.ts";
import type { HyperparameterName } from "../jobs/hyperparameter-field.ts";
import { HYPERPARAMETER_GROUPS, plainRate } from "../jobs/hyperparameter-words.ts";
import type { HyperparameterTexts } from "../new-job/hyperparameter-texts.ts";

export type Proposal = NonNullable<Preflight["findings"][number]["proposal"]>;

const FIELDS = HYPERPARAMETER_GROUPS.flatMap(({ fields }) => fields);

/** The fields of the form that a proposal fills in; null where it names none of them. */
export function proposalTexts(proposal: Proposal | null): Partial<HyperparameterTexts> | null {
  const texts = Object.entries(proposal ?? {}).flatMap(([name, value]) =>
    isField(name) ? [[name, textOf(name, value)] as const] : [],
  );
  return texts.length === 0 ? null : (Object.fromEntries(texts) as Partial<HyperparameterTexts>);
}

/** "Batch size 2, gradient checkpointing on". */
export function proposalWords(proposal: Proposal): string {
  return Object.entries(proposal)
    .flatMap(([name, value]) => {
      const field = FIELDS.find((one) => one.name === name);
      if (field === undefined) return [];
      const words =
        field.kind === "choice"
          ? (field.choices.find((choice) => choice.value === value)?.label ?? String(value))
          : typeof value === "boolean"
            ? value
              ? "on"
              : "off"
            : textOf(field.name, value);
      return `${field.label} ${words}`;
    })
    .join(", ");
}

function isField(name: string): name is HyperparameterName {
  return FIELDS.some((field) => field.name === name);
}

function textOf(name: HyperparameterName, value: string | number | boolean): string {
  return name === "learning_rate" && typeof value === "number" ? plainRate(value) : String(value);
}
