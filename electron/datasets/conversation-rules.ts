import type { Turn, TurnRole } from "../../shared/contract/datasets.ts";
import {
  emptyText,
  isBlank,
  isJsonObject,
  type JsonObject,
  kindOf,
  RowFault,
  textField,
} from "./row-fault.ts";

const MESSAGE_ROLES: ReadonlyMap<string, TurnRole> = new Map([
  ["system", "system"],
  ["developer", "system"],
  ["user", "user"],
  ["assistant", "assistant"],
  ["tool", "tool"],
  ["function", "tool"],
]);

const SHAREGPT_ROLES: ReadonlyMap<string, TurnRole> = new Map([
  ["system", "system"],
  ["human", "user"],
  ["gpt", "assistant"],
  ["function_call", "assistant"],
  ["observation", "tool"],
]);

/** `{"messages": [{"role", "content"}]}`, as chat services write it. */
export function messagesTurns(row: JsonObject): readonly Turn[] | RowFault {
  return conversationTurns(row, {
    listField: "messages",
    roleField: "role",
    textField: "content",
    roles: MESSAGE_ROLES,
    readText: messageText,
  });
}

/** `{"conversations": [{"from", "value"}]}`. */
export function sharegptTurns(row: JsonObject): readonly Turn[] | RowFault {
  return conversationTurns(row, {
    listField: "conversations",
    roleField: "from",
    textField: "value",
    roles: SHAREGPT_ROLES,
    readText: (message, _role, where) => textField(message, "value", where),
  });
}

interface ConversationShape {
  readonly listField: string;
  readonly roleField: string;
  readonly textField: string;
  readonly roles: ReadonlyMap<string, TurnRole>;
  readonly readText: (message: JsonObject, role: TurnRole, where: string) => string | RowFault;
}

/** Blank system turns are left out, blank tool results are kept, other blank turns are a fault. */
function conversationTurns(row: JsonObject, shape: ConversationShape): readonly Turn[] | RowFault {
  const list = row[shape.listField];
  if (list === undefined || list === null) {
    return new RowFault(
      "missing_field",
      `"${shape.listField}" is missing. Add it, as an array of turns, or remove the row.`,
    );
  }
  if (!Array.isArray(list)) {
    return new RowFault(
      "wrong_type",
      `"${shape.listField}" is ${kindOf(list)}, not an array of turns.`,
    );
  }
  const turns: Turn[] = [];
  for (const [index, message] of (list as unknown[]).entries()) {
    const where = `In ${shape.listField}, turn ${index + 1}: `;
    if (!isJsonObject(message)) {
      return new RowFault(
        "wrong_type",
        `${where}it is ${kindOf(message)}, not an object with "${shape.roleField}" and "${shape.textField}".`,
      );
    }
    const role = turnRole(message, shape, where);
    if (role instanceof RowFault) return role;
    const text = shape.readText(message, role, where);
    if (text instanceof RowFault) return text;
    if (isBlank(text) && role === "system") continue;
    if (isBlank(text) && role !== "tool") return emptyText(shape.textField, where);
    turns.push({ role, text });
  }
  if (turns.some((turn) => turn.role === "assistant")) return turns;
  return new RowFault(
    "no_assistant_turn",
    `No turn of "${shape.listField}" is the assistant's, so there is no answer to learn. Add one or remove the row.`,
  );
}

function turnRole(
  message: JsonObject,
  shape: ConversationShape,
  where: string,
): TurnRole | RowFault {
  const name = textField(message, shape.roleField, where);
  if (name instanceof RowFault) return name;
  return (
    shape.roles.get(name) ??
    new RowFault(
      "unknown_role",
      `${where}"${shape.roleField}" is "${name.slice(0, 40)}". Use one of ${[...shape.roles.keys()].join(", ")}.`,
    )
  );
}

/** An assistant's tool calls are put behind its content, as compact JSON. */
function messageText(message: JsonObject, role: TurnRole, where: string): string | RowFault {
  const calls = role === "assistant" ? toolCalls(message, where) : "";
  if (calls instanceof RowFault) return calls;
  const { content } = message;
  const hasNoContent = content === undefined || content === null;
  if (hasNoContent && calls !== "") return calls;
  const text = Array.isArray(content)
    ? joinParts(content, where)
    : textField(message, "content", where);
  if (text instanceof RowFault || calls === "") return text;
  return isBlank(text) ? calls : `${text}\n\n${calls}`;
}

function toolCalls(message: JsonObject, where: string): string | RowFault {
  const calls = message["tool_calls"];
  if (calls === undefined || calls === null) return "";
  if (!Array.isArray(calls)) {
    return new RowFault("wrong_type", `${where}"tool_calls" is ${kindOf(calls)}, not an array.`);
  }
  if (calls.length === 0) return "";
  return JSON.stringify(calls).replace(/\\\\|\\u(d[89a-f]..)/g, (escape: string, unit?: string) =>
    // JSON.stringify hides half a surrogate pair in an escape, where nobody would find it.
    unit === undefined ? escape : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}

function joinParts(parts: readonly unknown[], where: string): string | RowFault {
  let text = "";
  for (const part of parts) {
    if (!isJsonObject(part) || part["type"] !== "text" || typeof part["text"] !== "string") {
      return new RowFault(
        "wrong_type",
        `${where}a part of "content" is not text. Only parts like {"type": "text", "text": "…"} can be trained on; leave out images, audio and files.`,
      );
    }
    text += part["text"];
  }
  return text;
}
