import { isUtf8 } from "node:buffer";
import type { DatasetFormat, Turn } from "../../shared/contract/datasets.ts";
import { messagesTurns, sharegptTurns } from "./conversation-rules.ts";
import type { FileType } from "./file-type.ts";
import { isNestedTooDeep, MAX_NESTING } from "./nesting.ts";
import type { RawRow } from "./raw-row.ts";
import {
  filledTextField,
  halfPair,
  isBlank,
  isJsonObject,
  type JsonObject,
  kindOf,
  RowFault,
  textField,
} from "./row-fault.ts";

/** A row as large as this is taken; the trainer has the same limit. */
export const MAX_ROW_BYTES = 8 * 1024 * 1024;

/** A format is recognised by these fields; a row with several counts for the first. */
const TELLING_FIELDS: ReadonlyArray<readonly [field: string, format: DatasetFormat]> = [
  ["messages", "messages"],
  ["conversations", "sharegpt"],
  ["instruction", "alpaca"],
  ["prompt", "prompt_completion"],
  ["completion", "prompt_completion"],
  ["question", "question_answer"],
  ["answer", "question_answer"],
  ["output", "alpaca"],
  ["text", "text"],
];

/** The row's object, if it is one that some format knows; else why not. */
export function parseRow(row: RawRow, fileType: FileType): JsonObject | RowFault {
  if (row.isTooLarge) {
    return new RowFault(
      "row_too_large",
      `The row is larger than ${MAX_ROW_BYTES / 1024 / 1024} MiB. Split it into several rows; check also that no bracket or quote is left open.`,
    );
  }
  if (!isUtf8(row.bytes)) {
    return new RowFault(
      "invalid_utf8",
      "The row is not valid UTF-8. Save the file as UTF-8 from its source (it may be Latin-1 or Windows-1252).",
    );
  }
  const text = row.bytes.toString("utf8");
  return fileType === "txt" ? { text } : parseJson(text);
}

/** Which format a row that `parseRow` let through speaks for. */
export function formatOf(row: JsonObject): DatasetFormat | undefined {
  return TELLING_FIELDS.find(([field]) => row[field] !== undefined && row[field] !== null)?.[1];
}

/** The turns that the row trains on when its dataset has this format; else why it has none. */
export function turnsOf(row: JsonObject, format: DatasetFormat): readonly Turn[] | RowFault {
  const turns = turnsAsWritten(row, format);
  if (turns instanceof RowFault || turns.every((turn) => turn.text.isWellFormed())) return turns;
  return halfPair();
}

function turnsAsWritten(row: JsonObject, format: DatasetFormat): readonly Turn[] | RowFault {
  switch (format) {
    case "messages":
      return messagesTurns(row);
    case "sharegpt":
      return sharegptTurns(row);
    case "alpaca":
      return alpacaTurns(row);
    case "prompt_completion":
      return pairTurns(row, "prompt", "completion");
    case "question_answer":
      return pairTurns(row, "question", "answer");
    case "text": {
      const text = filledTextField(row, "text");
      return text instanceof RowFault ? text : [{ role: "text", text }];
    }
  }
}

function parseJson(text: string): JsonObject | RowFault {
  if (isNestedTooDeep(text)) {
    return new RowFault(
      "invalid_json",
      `The row is nested more than ${MAX_NESTING} levels deep. Write it flatter, or leave out what is nested so deep; check also that no bracket is left open.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const cause = error instanceof Error ? error.message.replace(/[,:]? ?"[^]*$/, "") : "";
    return new RowFault(
      "invalid_json",
      `The row is not valid JSON (${cause}). Write each row with a JSON library, and watch for cut-off lines, single quotes, trailing commas and NaN.`,
    );
  }
  if (!isJsonObject(value)) {
    return new RowFault(
      "not_an_object",
      `The row is ${kindOf(value)}, not an object. Write it as {"field": "text", …}.`,
    );
  }
  if (Object.hasOwn(value, "chosen") && Object.hasOwn(value, "rejected")) {
    return new RowFault(
      "preference_data",
      'The row has "chosen" and "rejected": preference data, which LoRA Desk cannot train on yet. To train on the chosen answers, rename "chosen" to "completion" and leave "rejected" out.',
    );
  }
  if (formatOf(value) === undefined) {
    return new RowFault(
      "unknown_format",
      'The row has no field that tells its format. Use "messages", "conversations", "instruction" and "output", "prompt" and "completion", "question" and "answer", or "text".',
    );
  }
  return value;
}

function pairTurns(
  row: JsonObject,
  askingField: string,
  answeringField: string,
): readonly Turn[] | RowFault {
  const asked = filledTextField(row, askingField);
  if (asked instanceof RowFault) return asked;
  const answered = filledTextField(row, answeringField);
  if (answered instanceof RowFault) return answered;
  return [
    { role: "user", text: asked },
    { role: "assistant", text: answered },
  ];
}

/** `input` may be missing, null or blank: then the instruction stands alone. */
function alpacaTurns(row: JsonObject): readonly Turn[] | RowFault {
  const instruction = filledTextField(row, "instruction");
  if (instruction instanceof RowFault) return instruction;
  const hasInput = row["input"] !== undefined && row["input"] !== null;
  const input = hasInput ? textField(row, "input", "") : "";
  if (input instanceof RowFault) return input;
  const output = filledTextField(row, "output");
  if (output instanceof RowFault) return output;
  return [
    { role: "user", text: isBlank(input) ? instruction : `${instruction}\n\n${input}` },
    { role: "assistant", text: output },
  ];
}
