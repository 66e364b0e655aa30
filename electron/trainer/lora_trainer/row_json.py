"""One row of a file, as bytes, to its turns. The rules are in formats.py."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from .formats import MAX_NESTING, MAX_ROW_BYTES, row_from_value
from .turns import Row, RowRejected

_BRACKETS = re.compile(r"[\[\]{}]")


def parse_row(raw: bytes, dataset_format: str) -> Row:
    """The turns of one row. Raises RowRejected."""
    if len(raw) > MAX_ROW_BYTES:
        raise RowRejected("row_too_large", f"The row has {len(raw)} bytes, above {MAX_ROW_BYTES}.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RowRejected("invalid_utf8", f"Not UTF-8 at byte {error.start}.") from error
    row = row_from_value(parse_json(text), dataset_format)
    for turn in row.turns:
        try:
            turn.text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise RowRejected("invalid_utf8", "The text holds half a surrogate pair.") from error
    return row


def parse_json(text: str) -> Any:
    def refuse(literal: str) -> NoReturn:
        raise RowRejected("invalid_json", f"{literal} is not JSON.")

    if _is_nested_too_deep(text):
        raise RowRejected("invalid_json", f"Nested more than {MAX_NESTING} levels deep.")
    try:
        # Not `int` alone: a number of 5,000 digits must not be an error here and not there.
        return json.loads(text, parse_constant=refuse, parse_int=_parse_integer)
    except (ValueError, RecursionError) as error:
        raise RowRejected("invalid_json", f"Not JSON: {error}.") from error


def _parse_integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= 4000 else float(digits)


def _is_nested_too_deep(text: str) -> bool:
    """Goes by brackets and quotes alone: whether the text is JSON is for its parser to say."""
    # Nearly every row is done with here, at the speed of a search.
    if text.count("[") + text.count("{") <= MAX_NESTING:
        return False
    without_escapes = text.replace("\\\\", "").replace('\\"', "")
    depth = 0
    for bracket in _BRACKETS.finditer("".join(without_escapes.split('"')[::2])):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > MAX_NESTING:
            return True
    return False
