import { z } from "zod";
import type { QuarantinedChange, SyncTable } from "../../shared/contract/sync.ts";
import { teamRowSchemas } from "../../shared/types/team-rows.ts";

export type ChangeValues = QuarantinedChange["values"];
type Value = ChangeValues[string];

/** One column of a refused change, as it is edited. */
export type ChangeField = {
  readonly column: string;
  readonly kind: "text" | "number" | "choice" | "json";
  /** Of a choice. */
  readonly options: readonly string[];
  readonly isLong: boolean;
};

const LONG_TEXT = 80;
/** How a choice is called that is none. */
export const NONE = "";

/** The columns of a change in their order, each with the control that suits what may stand there. */
export function changeFields(table: SyncTable, values: ChangeValues): readonly ChangeField[] {
  return Object.entries(values).map(([column, value]) => {
    const schema = columnSchema(table, column);
    const options = schema === undefined ? [] : optionsOf(schema);
    return {
      column,
      kind: options.length > 0 ? "choice" : kindOf(schema, value),
      options,
      isLong: typeof value === "string" && (value.length > LONG_TEXT || value.includes("\n")),
    };
  });
}

export function fieldText({ kind }: ChangeField, value: Value | undefined): string {
  if (value === undefined || (value === null && kind !== "json")) return "";
  return typeof value === "string" && kind !== "json" ? value : JSON.stringify(value, null, 2);
}

/** What differs from the values that were refused: nothing else is sent anew. */
export function changedValues(values: ChangeValues, next: ChangeValues): ChangeValues {
  return Object.fromEntries(
    Object.entries(next).filter(([column, value]) => !isSame(values[column], value)),
  );
}

function isSame(one: Value | undefined, other: Value | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export type FieldReading = { readonly value: Value } | { readonly problem: string };

/**
 * What was typed as a value of the column, or what is wrong with it. As it was it may stay: what is
 * wrong with it only the project knows.
 */
export function readField(
  table: SyncTable,
  field: ChangeField,
  text: string,
  former: Value | undefined,
): FieldReading {
  const value = valueOf(columnSchema(table, field.column), field, text);
  if (value === undefined) return { problem: "This is not JSON." };
  return isSame(former, value) ? { value } : check(table, field.column, value);
}

export type ValuesReading = { readonly values: ChangeValues } | { readonly problem: string };

const objectSchema = z.record(z.string(), z.json());

/** All values at once, as JSON; columns that are left out stay as they were. */
export function readValues(table: SyncTable, text: string, former: ChangeValues): ValuesReading {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return {
      problem: `This is not JSON: ${error instanceof Error ? error.message : "unreadable"}`,
    };
  }
  const values = objectSchema.safeParse(parsed);
  if (!values.success) return { problem: "One object of columns and values is expected." };
  for (const [column, value] of Object.entries(values.data)) {
    if (isSame(former[column], value)) continue;
    if (columnSchema(table, column) === undefined) {
      return { problem: `${table} has no column ${column}.` };
    }
    const reading = check(table, column, value);
    if ("problem" in reading) return { problem: `${column}: ${reading.problem}` };
  }
  return { values: values.data };
}

function check(table: SyncTable, column: string, value: Value): FieldReading {
  const result = columnSchema(table, column)?.safeParse(value);
  if (result === undefined || result.success) return { value };
  const [issue] = result.error.issues;
  const place = issue?.path.join(".") ?? "";
  const message = issue?.message ?? "This value does not fit.";
  return { problem: place === "" ? message : `${place}: ${message}` };
}

function columnSchema(table: SyncTable, column: string): z.ZodType | undefined {
  const shape: Readonly<Record<string, z.ZodType>> = teamRowSchemas[table].shape;
  return shape[column];
}

function optionsOf(schema: z.ZodType): readonly string[] {
  const isNullable = schema instanceof z.ZodNullable;
  const inner: unknown = isNullable ? schema.unwrap() : schema;
  if (inner instanceof z.ZodBoolean) return ["true", "false"];
  if (!(inner instanceof z.ZodEnum)) return [];
  return [...(isNullable ? [NONE] : []), ...inner.options.map(String)];
}

function kindOf(schema: z.ZodType | undefined, value: Value): "text" | "number" | "json" {
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (value !== null || schema === undefined || schema.safeParse([]).success) return "json";
  return schema.safeParse(0).success ? "number" : "text";
}

/** Undefined where it cannot be read. An empty field is nothing, where nothing may stand. */
function valueOf(
  schema: z.ZodType | undefined,
  { kind, options }: ChangeField,
  text: string,
): Value | undefined {
  switch (kind) {
    case "json":
      try {
        return JSON.parse(text) as Value;
      } catch {
        return undefined;
      }
    case "number":
      if (text.trim() === "") return null;
      // What is no number stays a text, which its column then refuses.
      return Number.isNaN(Number(text)) ? text : Number(text);
    case "choice":
      if (options.includes("true")) return text === "true";
      return text === NONE ? null : text;
    case "text":
      return text === "" && schema?.safeParse(null).success === true ? null : text;
  }
}
