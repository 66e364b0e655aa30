"""Rows that are conversations: `messages` and ShareGPT. The rules are in formats.py."""

from __future__ import annotations

import json
from typing import Any, Final

from .tool_calls import function_calls, listed_tools
from .turns import Row, RowRejected, Turn, is_blank

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


def messages_row(row: dict[str, Any]) -> Row:
    turns: list[Turn] = []
    for message in _required_array(row, "messages"):
        role = _role(message, "role", MESSAGE_ROLES)
        extras: dict[str, Any]
        calls = message.get("tool_calls") if role == "assistant" else None
        if calls is not None and not isinstance(calls, list):
            raise RowRejected("wrong_type", "`tool_calls` is not an array.")
        given = message.get("content")
        if calls:
            content = "" if given is None else _content_text(given)
            compact = json.dumps(calls, ensure_ascii=False, separators=(",", ":"))
            text = compact if is_blank(content) else f"{content}\n\n{compact}"
            objects = tuple(call for call in calls if isinstance(call, dict))
            extras = {"content": content, "tool_calls": objects}
            _append(turns, role, text, "content", **extras, **_learnt(message))
            continue
        if given is None:
            raise RowRejected("missing_field", "A message has no `content`.")
        extras = _learnt(message) if role == "assistant" else {}
        if role == "tool":
            named = {key: message.get(key) for key in ("name", "tool_call_id")}
            extras = {key: text for key, text in named.items() if _is_text(text)}
        _append(turns, role, _content_text(given), "content", **extras)
    return Row(turns=_with_assistant(turns), tools=listed_tools(row))


def _learnt(message: dict[str, Any]) -> dict[str, bool]:
    weight = message.get("weight")
    is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
    return {"is_learnt": False} if is_number and weight == 0 else {}


def _is_text(value: Any) -> bool:
    """Whether it can be written as UTF-8, which is asked of everything that may be rendered."""
    if not isinstance(value, str):
        return False
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def sharegpt_row(row: dict[str, Any]) -> Row:
    turns: list[Turn] = []
    for message in _required_array(row, "conversations"):
        role = _role(message, "from", SHAREGPT_ROLES)
        value = message.get("value")
        if value is None:
            raise RowRejected("missing_field", "A turn has no `value`.")
        if not isinstance(value, str):
            raise RowRejected("wrong_type", "`value` is not text.")
        calls = function_calls(value) if message["from"] == "function_call" else ()
        extras = {"content": "", "tool_calls": calls} if calls else {}
        _append(turns, role, value, "value", **extras)
    return Row(turns=_with_assistant(turns), tools=listed_tools(row))


def _append(turns: list[Turn], role: str, text: str, field: str, **extras: Any) -> None:
    if is_blank(text):
        if role == "system":
            return
        if role != "tool":
            raise RowRejected("empty_text", f"The `{field}` of a {role} turn is blank.")
    turns.append(Turn(**{"role": role, "text": text, "content": text, **extras}))


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
