import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";
import { formatCountOf } from "../format/numbers.ts";
import { ADAPTER, OPTIMISER } from "./adapter-fields.ts";
import { BATCHES, VALIDATION } from "./data-fields.ts";
import { ONE_OF } from "./hyperparameter-field.ts";
import type { HyperparameterField, HyperparameterGroup } from "./hyperparameter-field.ts";
import { MACHINE, SAMPLES } from "./run-fields.ts";

/** All of them, in the order in which one thinks about them. */
export const HYPERPARAMETER_GROUPS: readonly HyperparameterGroup[] = [
  ADAPTER,
  OPTIMISER,
  BATCHES,
  VALIDATION,
  SAMPLES,
  MACHINE,
];

/** The value of a field as it is read, such as "rsLoRA", "2e-4" or "a tenth of the run". */
export function hyperparameterText(field: HyperparameterField, values: Hyperparameters): string {
  const value = values[field.name];
  if (field.kind === "choice") {
    return field.choices.find((choice) => choice.value === value)?.label ?? String(value);
  }
  if (field.kind === "flag") return value === true ? "on" : "off";
  if (field.kind === "optional" && value === null) return field.whenEmpty;
  if (field.kind === "prompts") {
    const count = values[field.name].length;
    return count === 0 ? field.whenEmpty : formatCountOf(count, "prompt");
  }
  if (Array.isArray(value)) return value.join(", ");
  const figure = field.name === "learning_rate" ? plainRate(Number(value)) : String(value);
  const unit = field.kind === "number" || field.kind === "optional" ? field.unit : undefined;
  return unit === undefined ? figure : formatCountOf(Number(value), ONE_OF[unit], unit);
}

/** A learning rate with every digit it has, in the way it is typed: 0.0002 → "2e-4". */
export function plainRate(rate: number): string {
  return rate.toExponential().replace("e+", "e");
}
