import type { Column } from "./columns.ts";
import { DatabaseError } from "./database-error.ts";

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * A value of a JSON document as the column keeps it and the API gives it again.
 *
 * @throws DatabaseError 22xxx where it does not fit the column's type.
 */
export function storedValue(column: Column, given: unknown): unknown {
  if (given === null || given === undefined) return null;
  switch (column.kind) {
    case "json":
      return structuredClone(given);
    case "text":
      return asText(given);
    case "uuid":
      if (!UUID.test(asText(given))) throw invalid("uuid", given);
      return asText(given).toLowerCase();
    case "boolean":
      if (typeof given === "boolean") return given;
      if (["true", "t", "1", 1].includes(given as string)) return true;
      if (["false", "f", "0", 0].includes(given as string)) return false;
      throw invalid("boolean", given);
    case "integer":
      return wholeNumber("integer", given, 2 ** 31 - 1);
    case "bigint":
      return wholeNumber("bigint", given, Number.MAX_SAFE_INTEGER);
    case "double":
      return number("double precision", given);
    case "money": {
      const amount = number("numeric", given);
      if (Math.abs(amount) >= 1e8) throw new DatabaseError("22003", "numeric field overflow");
      return rounded(amount);
    }
    case "time":
      return storedTime(asText(given));
    default:
      throw new Error(`No column is of the kind ${String(column.kind)}`);
  }
}

/** As PostgreSQL writes a timestamptz into JSON in a session in UTC. */
export function storedTime(given: string): string {
  const time = Date.parse(given);
  if (Number.isNaN(time)) throw new DatabaseError("22007", `invalid input syntax: "${given}"`);
  return new Date(time).toISOString().replace(/\.?0*Z$/, "+00:00");
}

/** To six decimals of the number as it is written: halves go away from zero, as numeric has it. */
function rounded(amount: number): number {
  const digits = String(Math.abs(amount));
  const millionths = digits.includes("e") ? Math.abs(amount) * 1e6 : Number(`${digits}e6`);
  return (Math.sign(amount) * Math.round(millionths)) / 1e6;
}

function asText(given: unknown): string {
  return typeof given === "string" ? given : JSON.stringify(given);
}

function number(type: string, given: unknown): number {
  const found = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  if (typeof found !== "number" || Number.isNaN(found)) throw invalid(type, given);
  return found;
}

function wholeNumber(type: string, given: unknown, most: number): number {
  const found = number(type, given);
  if (!Number.isInteger(found)) throw invalid(type, given);
  if (Math.abs(found) > most) throw new DatabaseError("22003", `${type} out of range`);
  return found;
}

function invalid(type: string, given: unknown): DatabaseError {
  return new DatabaseError("22P02", `invalid input syntax for type ${type}: "${asText(given)}"`);
}
