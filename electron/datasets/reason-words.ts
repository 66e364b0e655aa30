import type { RejectionReason } from "../../shared/contract/datasets.ts";

/** What is wrong with a row, in the middle of a sentence. */
export const REASON_WORDS: Readonly<Record<RejectionReason, string>> = {
  invalid_json: "not valid JSON",
  invalid_utf8: "not valid UTF-8",
  not_an_object: "not an object",
  unknown_format: "no field that tells the format",
  missing_field: "a field that is missing",
  wrong_type: "a value of the wrong type",
  empty_text: "an empty text",
  unknown_role: "an unknown role",
  no_assistant_turn: "no turn of the assistant",
  preference_data: "preference data",
  row_too_large: "too large",
};
