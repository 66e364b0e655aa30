"""One row of a file, as bytes, to its turns. The rules are in formats.py."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from .formats import MAX_ROW_BYTES, Row, RowRejected, row_from_value


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

    try:
        # Not `int` alone: a number of 5,000 digits must not be an error here and not there.
        return json.loads(text, parse_constant=refuse, parse_int=_parse_integer)
    except (ValueError, RecursionError) as error:
        raise RowRejected("invalid_json", f"Not JSON: {error}.") from error


def _parse_integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 16 else float(digits)
