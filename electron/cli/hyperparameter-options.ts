import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import {
  type Hyperparameters,
  hyperparametersSchema,
} from "../../shared/contract/hyperparameters.ts";

/** Applies `--set name=value` pairs. @throws AppError naming the faulty value and what would do. */
export function applySettings(base: Hyperparameters, pairs: readonly string[]): Hyperparameters {
  const changed: Record<string, unknown> = { ...base };
  for (const pair of pairs) {
    const [name = "", ...rest] = pair.split("=");
    if (!Object.hasOwn(hyperparametersSchema.shape, name)) {
      const known = Object.keys(hyperparametersSchema.shape).join(", ");
      throw new AppError("invalid_input", `There is no hyperparameter “${name}”. Known: ${known}.`);
    }
    changed[name] = listed(name, rest.join("="));
  }
  const parsed = hyperparametersSchema.safeParse(changed);
  if (!parsed.success) throw new AppError("invalid_input", z.prettifyError(parsed.error));
  return parsed.data;
}

/** Of what takes a list, one value alone may be given without its brackets. */
function listed(name: string, text: string): unknown {
  const isList = text.trimStart().startsWith("[");
  if (isList || text === "") return parseValue(text);
  if (name === "sample_prompts") return [text];
  if (name === "target_modules" && text !== "all-linear") return text.split(",");
  return parseValue(text);
}

/** Numbers, booleans, null and lists as JSON; anything else is text. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
