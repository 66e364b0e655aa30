import { assertNever } from "../../shared/contract/assert-never.ts";
import { hyperparametersSchema } from "../../shared/contract/hyperparameters.ts";
import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";
import { decimalNumber } from "../format/decimal-number.ts";
import { formatCount } from "../format/numbers.ts";
import { HYPERPARAMETER_GROUPS, plainRate } from "../jobs/hyperparameter-words.ts";
import type { HyperparameterField, HyperparameterName } from "../jobs/hyperparameter-field.ts";
import { promptsIn, promptsText } from "./prompt-lines.ts";

/** Hyperparameters as they are typed, which need not make sense yet. */
export type HyperparameterTexts = Readonly<Record<HyperparameterName, string>>;

export type HyperparameterProblems = Partial<Record<HyperparameterName, string>>;

export type ReadHyperparameters = {
  /** Null as long as there is any problem. */
  readonly values: Hyperparameters | null;
  readonly problems: HyperparameterProblems;
};

const FIELDS: readonly HyperparameterField[] = HYPERPARAMETER_GROUPS.flatMap(
  ({ fields }) => fields,
);

export function textsOf(values: Hyperparameters): HyperparameterTexts {
  const texts = FIELDS.map((field): [HyperparameterName, string] => {
    const value = values[field.name];
    if (value === null) return [field.name, ""];
    if (field.kind === "prompts") return [field.name, promptsText(values[field.name])];
    if (Array.isArray(value)) return [field.name, value.join(", ")];
    if (field.name === "learning_rate") return [field.name, plainRate(Number(value))];
    return [field.name, String(value)];
  });
  return Object.fromEntries(texts) as Record<HyperparameterName, string>;
}

/** Reads what was typed by the contract's own rules, and says of each field what is wrong. */
export function readHyperparameters(texts: HyperparameterTexts): ReadHyperparameters {
  const typed = Object.fromEntries(
    FIELDS.map((field) => [field.name, typedValue(field, texts[field.name])]),
  );
  const parsed = hyperparametersSchema.safeParse(typed);
  if (parsed.success) return { values: parsed.data, problems: {} };
  const problems: HyperparameterProblems = {};
  for (const issue of parsed.error.issues) {
    const name = issue.path[0] as HyperparameterName;
    problems[name] ??= problemWords(issue, texts[name].trim());
  }
  return { values: null, problems };
}

function typedValue(field: HyperparameterField, typed: string): unknown {
  const text = typed.trim();
  switch (field.kind) {
    case "choice":
      return text;
    case "flag":
      return text === "true";
    case "modules":
      return text === "all-linear" ? text : namesIn(text);
    case "prompts":
      return promptsIn(typed);
    case "optional":
      return text === "" ? null : decimalNumber(text);
    case "number":
      return decimalNumber(text);
    default:
      return assertNever(field);
  }
}

function namesIn(text: string): readonly string[] {
  return text
    .split(/[\s,]+/)
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

type Issue = NonNullable<
  ReturnType<typeof hyperparametersSchema.safeParse>["error"]
>["issues"][number];

function problemWords(issue: Issue, text: string): string {
  if (issue.path[0] === "target_modules") {
    return "Write all-linear, or names such as q_proj, v_proj.";
  }
  if (issue.path[0] === "sample_prompts") return promptProblem(issue);
  if (text === "") return "A number is needed here.";
  if (issue.code === "too_small") {
    const least = String(issue.minimum);
    return issue.inclusive === true ? `Must be at least ${least}.` : `Must be more than ${least}.`;
  }
  if (issue.code === "too_big") return `Must be at most ${String(issue.maximum)}.`;
  if (issue.code === "invalid_type" && issue.expected === "int") return "Must be a whole number.";
  if (text.includes(",")) return "Use a point for decimals, and nothing between thousands.";
  return "This is not a number.";
}

function promptProblem(issue: Issue): string {
  const most = issue.code === "too_big" ? formatCount(Number(issue.maximum)) : "";
  const place = issue.path[1];
  return typeof place === "number"
    ? `Prompt ${place + 1} is longer than ${most} characters.`
    : `At most ${most} prompts.`;
}
