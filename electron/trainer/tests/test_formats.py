"""The rules of rows, by the cases that the app's importer is held to as well."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from lora_trainer.row_json import parse_row
from lora_trainer.tokenise import _digest
from lora_trainer.turns import RowRejected

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "row-cases.jsonl").read_text("utf-8").splitlines()
]

DUPLICATE_CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "duplicate-cases.jsonl").read_text("utf-8").splitlines()
]


def raw_bytes(case: dict) -> bytes:
    """`raw` is text, `raw_base64` bytes, `raw_parts` a list of [text, times]."""
    if "raw_base64" in case:
        return base64.b64decode(case["raw_base64"])
    if "raw_parts" in case:
        return "".join(text * times for text, times in case["raw_parts"]).encode()
    return case["raw"].encode()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_row_case(case: dict) -> None:
    if case["accept"]:
        row = parse_row(raw_bytes(case), case["format"])
        assert [{"role": turn.role, "text": turn.text} for turn in row.turns] == case["turns"]
    else:
        with pytest.raises(RowRejected) as rejected:
            parse_row(raw_bytes(case), case["format"])
        assert rejected.value.reason == case["reason"]


@pytest.mark.parametrize("digits", ["12345678901234567", "-98765432109876543210", "9" * 4000])
def test_long_integers_are_trained_as_written(digits: str) -> None:
    call = f'{{"function":{{"name":"find","arguments":{{"id":{digits}}}}}}}'
    turns = f'[{{"role":"assistant","tool_calls":[{call}]}}]'
    row = parse_row(f'{{"messages":{turns}}}'.encode(), "messages")
    assert row.turns[0].text == f"[{call}]"


@pytest.mark.parametrize("case", DUPLICATE_CASES, ids=lambda case: case["name"])
def test_duplicate_case(case: dict) -> None:
    rows = (parse_row(json.dumps(case[at]).encode(), case["format"]) for at in ("first", "second"))
    first, second = map(_digest, rows)
    assert (first == second) == case["is_duplicate"]
