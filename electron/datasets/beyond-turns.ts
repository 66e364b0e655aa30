import type { DatasetFormat } from "../../shared/contract/datasets.ts";
import { isJsonObject, type JsonObject } from "./row-fault.ts";

/**
 * What tells two rows of the same turns apart, because a chat template writes it too or it decides
 * what is learnt: tools, which tool answers which call, answers of weight 0. Empty for most rows.
 *
 * @param row one that is accepted in this format.
 */
export function beyondTurns(row: JsonObject, format: DatasetFormat): string {
  if (format !== "messages" && format !== "sharegpt") return "";
  const tools = listedTools(row["tools"]);
  const marks = format === "messages" ? markedTurns(row["messages"]) : [];
  return tools.length + marks.length === 0 ? "" : JSON.stringify([marks, tools]);
}

/** An array of objects, or the same as JSON in a text. */
function listedTools(value: unknown): JsonObject[] {
  const tools = typeof value === "string" ? parsed(value) : value;
  return Array.isArray(tools) ? (tools as unknown[]).filter(isJsonObject) : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function markedTurns(messages: unknown): unknown[] {
  const turns = (Array.isArray(messages) ? (messages as unknown[]) : [])
    .filter(isJsonObject)
    // Blank system turns are left out, so those are not counted.
    .filter(({ role }) => role !== "system" && role !== "developer");
  return turns.flatMap((turn, at) => {
    const { role, weight } = turn;
    if (role === "assistant") return weight === 0 ? [[at, "unlearnt"]] : [];
    if (role !== "tool" && role !== "function") return [];
    const answers = [textOf(turn["name"]), textOf(turn["tool_call_id"])];
    return answers.every((text) => text === "") ? [] : [[at, ...answers]];
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" && value.isWellFormed() ? value : "";
}
