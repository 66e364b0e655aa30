"""Rows of question and answer in a JSONL file."""

from __future__ import annotations

import json
from pathlib import Path


def read(path: Path) -> list[dict[str, str]]:
    # Not `splitlines`: it also cuts at line separators that stand inside of a text.
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]


def chat(row: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"role": "user", "content": row["question"]},
        {"role": "assistant", "content": row["answer"]},
    ]
