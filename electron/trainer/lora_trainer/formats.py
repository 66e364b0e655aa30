"""From one row of a dataset to turns: the rules of what is accepted, and why a row is not.

The app's importer applies the same rules; `tests/row-cases.jsonl` holds both sides to them.

1.  A row is the bytes of one line (JSONL) or of one element of a JSON array. Bytes above
    MAX_ROW_BYTES: `row_too_large`. Not UTF-8: `invalid_utf8`. Not JSON as RFC 8259 has it (no NaN,
    no Infinity, no trailing comma): `invalid_json`; so are objects and arrays nested more than
    MAX_NESTING levels deep, the row itself being level 1. Not an object: `not_an_object`. Of
    duplicate keys the last one counts.
2.  A row with the keys `chosen` and `rejected` is `preference_data`, whatever else it holds.
3.  A row without the main field of the dataset's format (FIRST_FIELD) is `unknown_format` when it
    has no field of any format (KNOWN_FIELDS), else `missing_field`.
4.  null is the same as absent. An absent field is `missing_field`, a field of another type than
    text is `wrong_type`, a blank one is `empty_text`. "Blank" is nothing but WHITE_SPACE. Fields
    are checked in the order in which they are named below, and turns from first to last; the first
    thing found is the reason.
5.  Text is kept as it is, never trimmed. Text with half a surrogate pair cannot be written as
    UTF-8: `invalid_utf8`.
6.  Keys that are not named below are ignored.

messages            messages: array of {role, content}.
    role            system, developer → system; user; assistant; tool, function → tool. Any other
                    text: `unknown_role`.
    content         text, or an array of {"type": "text", "text": text} whose texts are joined
                    without a separator; any other part is `wrong_type`.
    tool_calls      only looked at in assistant turns: an array (else `wrong_type`); when not empty
                    the content may be absent or blank, and the turn's text is the content (if not
                    blank), "\\n\\n" between, and the tool calls as compact JSON.
    blank content   is left out in a system turn, kept in a tool turn, else `empty_text`.
    No assistant turn at all: `no_assistant_turn`. The last turn need not be the assistant's.
sharegpt            conversations: array of {from, value}; from: system, human → user,
                    gpt → assistant, function_call → assistant, observation → tool. value is text
                    only; blank values are treated as in messages.
alpaca              instruction → user; input, when present and not blank, follows it after
                    "\\n\\n" (any type but text is `wrong_type`); output → assistant.
prompt_completion   prompt → user, completion → assistant.
question_answer     question → user, answer → assistant.
text                text → text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

MAX_ROW_BYTES: Final = 8 * 1024 * 1024
MAX_NESTING: Final = 200

# What JavaScript's `trim` removes; Python's `strip` differs in a few control characters.
WHITE_SPACE: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)

FIRST_FIELD: Final = {
    "messages": "messages",
    "sharegpt": "conversations",
    "alpaca": "instruction",
    "prompt_completion": "prompt",
    "question_answer": "question",
    "text": "text",
}
KNOWN_FIELDS: Final = frozenset([*FIRST_FIELD.values(), "output", "completion", "answer"])
MESSAGE_ROLES: Final = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
SHAREGPT_ROLES: Final = {
    "system": "system",
    "human": "user",
    "gpt": "assistant",
    "function_call": "assistant",
    "observation": "tool",
}


class RowRejected(Exception):
    """A row that is left out; `reason` is one of the contract's rejection reasons."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Turn:
    role: str
    text: str
    # What a chat template that knows tool calls is given instead of `text`.
    content: str = ""
    tool_calls: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    turns: tuple[Turn, ...]
    # Descriptions of the tools that the assistant may call (OpenAI's `tools` beside `messages`).
    tools: tuple[dict[str, Any], ...] = ()


def is_blank(text: str) -> bool:
    return not text.strip(WHITE_SPACE)


def row_from_value(value: Any, dataset_format: str) -> Row:
    """The turns of one row that is JSON already. Raises RowRejected."""
    if not isinstance(value, dict):
        raise RowRejected("not_an_object", "The row is not a JSON object.")
    if "chosen" in value and "rejected" in value:
        raise RowRejected("preference_data", "Preference rows (chosen, rejected) are not trained.")
    first = FIRST_FIELD[dataset_format]
    if value.get(first) is None and not any(value.get(key) is not None for key in KNOWN_FIELDS):
        raise RowRejected("unknown_format", "The row has no field of any known format.")
    if dataset_format == "messages":
        return _messages(value)
    if dataset_format == "sharegpt":
        return Row(turns=_sharegpt(value))
    if dataset_format == "alpaca":
        return Row(turns=_alpaca(value))
    if dataset_format == "text":
        return Row(turns=(_turn("text", _required_text(value, "text")),))
    second = {"prompt": "completion", "question": "answer"}[first]
    return Row(
        turns=(
            _turn("user", _required_text(value, first)),
            _turn("assistant", _required_text(value, second)),
        )
    )


def _turn(role: str, text: str) -> Turn:
    return Turn(role=role, text=text, content=text)


def _messages(row: dict[str, Any]) -> Row:
    turns: list[Turn] = []
    for message in _required_array(row, "messages"):
        role = _role(message, "role", MESSAGE_ROLES)
        calls = message.get("tool_calls") if role == "assistant" else None
        if calls is not None and not isinstance(calls, list):
            raise RowRejected("wrong_type", "`tool_calls` is not an array.")
        given = message.get("content")
        if calls:
            content = "" if given is None else _content_text(given)
            compact = json.dumps(calls, ensure_ascii=False, separators=(",", ":"))
            text = compact if is_blank(content) else f"{content}\n\n{compact}"
            objects = tuple(call for call in calls if isinstance(call, dict))
            turns.append(Turn(role=role, text=text, content=content, tool_calls=objects))
            continue
        if given is None:
            raise RowRejected("missing_field", "A message has no `content`.")
        _append(turns, role, _content_text(given), "content")
    tools = row.get("tools")
    listed = tools if isinstance(tools, list) else []
    objects = tuple(tool for tool in listed if isinstance(tool, dict))
    return Row(turns=_with_assistant(turns), tools=objects)


def _sharegpt(row: dict[str, Any]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for message in _required_array(row, "conversations"):
        role = _role(message, "from", SHAREGPT_ROLES)
        value = message.get("value")
        if value is None:
            raise RowRejected("missing_field", "A turn has no `value`.")
        if not isinstance(value, str):
            raise RowRejected("wrong_type", "`value` is not text.")
        _append(turns, role, value, "value")
    return _with_assistant(turns)


def _alpaca(row: dict[str, Any]) -> tuple[Turn, ...]:
    instruction = _required_text(row, "instruction")
    extra = row.get("input")
    if extra is not None and not isinstance(extra, str):
        raise RowRejected("wrong_type", "`input` is not text.")
    user = f"{instruction}\n\n{extra}" if extra and not is_blank(extra) else instruction
    return (_turn("user", user), _turn("assistant", _required_text(row, "output")))


def _append(turns: list[Turn], role: str, text: str, field: str) -> None:
    if is_blank(text):
        if role == "system":
            return
        if role != "tool":
            raise RowRejected("empty_text", f"The `{field}` of a {role} turn is blank.")
    turns.append(_turn(role, text))


def _with_assistant(turns: list[Turn]) -> tuple[Turn, ...]:
    if not any(turn.role == "assistant" for turn in turns):
        raise RowRejected("no_assistant_turn", "No turn is the assistant's: nothing to learn.")
    return tuple(turns)


def _role(message: Any, field: str, roles: dict[str, str]) -> str:
    if not isinstance(message, dict):
        raise RowRejected("wrong_type", "A turn is not an object.")
    name = message.get(field)
    if name is None:
        raise RowRejected("missing_field", f"A turn has no `{field}`.")
    if not isinstance(name, str):
        raise RowRejected("wrong_type", f"`{field}` is not text.")
    if name not in roles:
        raise RowRejected("unknown_role", f"`{name}` is not a role; known: {', '.join(roles)}.")
    return roles[name]


def _content_text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise RowRejected("wrong_type", "`content` is neither text nor an array of text parts.")
    texts: list[str] = []
    for part in content:
        is_text = isinstance(part, dict) and part.get("type") == "text"
        if not is_text or not isinstance(part.get("text"), str):
            raise RowRejected("wrong_type", "A part of `content` is not text.")
        texts.append(part["text"])
    return "".join(texts)


def _required_array(row: dict[str, Any], field: str) -> list[Any]:
    value = row.get(field)
    if value is None:
        raise RowRejected("missing_field", f"`{field}` is missing.")
    if not isinstance(value, list):
        raise RowRejected("wrong_type", f"`{field}` is not an array.")
    return value


def _required_text(row: dict[str, Any], field: str) -> str:
    value = row.get(field)
    if value is None:
        raise RowRejected("missing_field", f"`{field}` is missing.")
    if not isinstance(value, str):
        raise RowRejected("wrong_type", f"`{field}` is not text.")
    if is_blank(value):
        raise RowRejected("empty_text", f"`{field}` is blank.")
    return value
