import type {
  Dataset,
  DatasetFormat,
  RejectionReason,
  TurnRole,
} from "../../shared/contract/datasets.ts";
import { formatCountOf } from "../format/numbers.ts";

/** What the contract's short names are called in front of people. */
export const FORMAT_NAMES: Readonly<Record<DatasetFormat, string>> = {
  messages: "Messages",
  sharegpt: "ShareGPT",
  alpaca: "Alpaca",
  prompt_completion: "Prompt and completion",
  question_answer: "Question and answer",
  text: "Plain text",
};

export const REASON_NAMES: Readonly<Record<RejectionReason, string>> = {
  invalid_json: "Not JSON",
  invalid_utf8: "Not UTF-8",
  not_an_object: "Not an object",
  unknown_format: "Unknown format",
  missing_field: "Field missing",
  wrong_type: "Wrong type",
  empty_text: "Empty text",
  unknown_role: "Unknown role",
  no_assistant_turn: "No answer",
  preference_data: "Preference data",
  row_too_large: "Row too large",
};

export const ROLE_NAMES: Readonly<Record<TurnRole, string>> = {
  system: "System",
  user: "User",
  assistant: "Assistant",
  tool: "Tool",
  text: "Text",
};

/** "5 datasets, 1 importing, 2 rejected": the page's one line of state. */
export function describeDatasets(datasets: readonly Dataset[]): string {
  if (datasets.length === 0) return "No datasets on this computer yet";
  const count = (status: Dataset["status"]) =>
    datasets.filter((dataset) => dataset.status === status).length;
  const parts = [formatCountOf(datasets.length, "dataset")];
  if (count("importing") > 0) parts.push(`${count("importing")} importing`);
  if (count("rejected") > 0) parts.push(`${count("rejected")} rejected`);
  return parts.join(", ");
}
