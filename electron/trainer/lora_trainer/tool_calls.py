"""Tools and calls of them, in the shape that chat templates expect."""

from __future__ import annotations

import json
from typing import Any


def listed_tools(row: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    tools = row.get("tools")
    if isinstance(tools, str):
        tools = _json_or_none(tools)
    listed = tools if isinstance(tools, list) else []
    return tuple(tool for tool in listed if isinstance(tool, dict))


def _json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def function_calls(value: str) -> tuple[dict[str, Any], ...]:
    found = _json_or_none(value)
    calls = found if isinstance(found, list) else [found]
    if not all(isinstance(call, dict) and isinstance(call.get("name"), str) for call in calls):
        return ()
    return tuple({"type": "function", "function": {"arguments": {}, **call}} for call in calls)


def with_parsed_arguments(call: dict[str, Any]) -> dict[str, Any]:
    """OpenAI writes the arguments as JSON inside a string; chat templates expect an object."""
    function = call.get("function")
    if not isinstance(function, dict) or not isinstance(function.get("arguments"), str):
        return call
    try:
        arguments = json.loads(function["arguments"])
    except (ValueError, RecursionError):
        return call
    if not isinstance(arguments, dict):
        return call
    return {**call, "function": {**function, "arguments": arguments}}
