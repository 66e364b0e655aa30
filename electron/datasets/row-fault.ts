import type { RejectionReason } from "../../shared/contract/datasets.ts";

/** Why a row is left out. A value, not an exception: a file may hold millions of them. */
export class RowFault {
  readonly reason: RejectionReason;
  /** What is wrong with this very row and what would mend it. */
  readonly message: string;

  constructor(reason: RejectionReason, message: string) {
    this.reason = reason;
    this.message = message;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names the kind of a JSON value for a sentence: "a number", "null". */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "boolean" ? "true or false" : `a ${typeof value}`;
}

export function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** The text of a field that must be there and be text. Blank text passes: some roles allow it. */
export function textField(row: JsonObject, field: string, where: string): string | RowFault {
  const value = row[field];
  if (value === undefined || value === null) {
    return new RowFault("missing_field", `${where}"${field}" is missing. Add it, as text.`);
  }
  if (typeof value !== "string") {
    return new RowFault(
      "wrong_type",
      `${where}"${field}" is ${kindOf(value)}, not text. Write its value in quotes.`,
    );
  }
  return value;
}

/** As `textField`, and blank text is a fault. */
export function filledTextField(row: JsonObject, field: string, where = ""): string | RowFault {
  const text = textField(row, field, where);
  if (typeof text === "string" && isBlank(text)) return emptyText(field, where);
  return text;
}

export function emptyText(field: string, where: string): RowFault {
  return new RowFault(
    "empty_text",
    `${where}"${field}" is empty or only white space. Fill it in or remove the row.`,
  );
}

export function halfPair(): RowFault {
  return new RowFault(
    "invalid_utf8",
    "The text holds half of a surrogate pair (such as \\ud800), which is no character. Write the row again from its source, as UTF-8.",
  );
}
