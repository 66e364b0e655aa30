from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lora_trainer import row_files
from lora_trainer.row_files import raw_rows, read_chosen_rows, read_rows
from lora_trainer.row_json import parse_row
from lora_trainer.turns import Row, RowRejected

A, B = b'{"question":"a","answer":"1"}', b'{"question":"b, [x]","answer":"\\"2\\""}'


def rows_of(tmp_path: Path, content: bytes, name: str = "data.jsonl") -> list[bytes]:
    path = tmp_path / name
    path.write_bytes(content)
    return list(raw_rows(path))


@pytest.mark.parametrize(
    "content",
    [
        A + b"\n" + B,
        A + b"\r\n\r\n" + B + b"\r\n",
        b"\xef\xbb\xbf" + A + b"\n   \n\n" + B + b"\n",
        b"[" + A + b"," + B + b"]",
        b"\xef\xbb\xbf\n [\n  " + A + b" ,\n  " + B + b"\n]\n",
        b"[" + A + b",\n" + B + b"]",
    ],
    ids=["jsonl", "crlf", "bom and blank lines", "array", "spread array", "array by line"],
)
def test_all_shapes_give_the_same_rows(tmp_path: Path, content: bytes) -> None:
    assert rows_of(tmp_path, content) == [A, B]


def test_first_row_that_is_an_array_does_not_make_an_array_file(tmp_path: Path) -> None:
    assert rows_of(tmp_path, b"[1, 2]\n" + A) == [b"[1, 2]", A]


def test_broken_element_does_not_cost_its_neighbours(tmp_path: Path) -> None:
    broken = b'{"question": [1, 2}'
    assert rows_of(tmp_path, b"[" + A + b"," + broken + b"," + B + b"]") == [A, broken, B]


@pytest.mark.parametrize(
    ("content", "accepted", "rejected"),
    [
        (b"[]", 0, 0),
        (b"[" + A + b",]", 1, 1),
        (b"[" + A, 1, 1),
        (b"[" + A + b"] and more", 1, 1),
        (b"", 0, 0),
        (b"\xef\xbb\xbf", 0, 0),
    ],
)
def test_faults_of_the_array_are_counted(
    tmp_path: Path, content: bytes, accepted: int, rejected: int
) -> None:
    path = tmp_path / "data.json"
    path.write_bytes(content)
    rows = list(read_rows(path, "question_answer"))
    assert sum(isinstance(row, RowRejected) for row in rows) == rejected
    assert len(rows) == accepted + rejected


def test_text_file_gives_blocks(tmp_path: Path) -> None:
    path = tmp_path / "prose.txt"
    text = "\ufeff\r\nfirst\r\n  still first\r\n \t\r\n\r\n{second}\n"
    path.write_bytes(text.encode() + b"\n\xff\n")
    rows = list(read_rows(path, "text"))
    assert [row.turns[0].text for row in rows[:2]] == ["first\n  still first", "{second}"]
    assert isinstance(rows[2], RowRejected)
    assert rows[2].reason == "invalid_utf8"
    assert len(rows) == 3


@pytest.mark.parametrize(
    "content", [b"\n".join([A, b"{", B, A, A]), b"[" + b",".join([A, b"{}", B, A, A]) + b"]"]
)
def test_chosen_rows_are_read_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(content)
    everything = list(read_rows(path, "question_answer"))
    seen: list[bytes] = []
    parsed: list[bytes] = []

    def raw_rows_seen(path: Path) -> Iterator[bytes]:
        for raw in raw_rows(path):
            seen.append(raw)
            yield raw

    def parse_row_seen(raw: bytes, dataset_format: str) -> Row:
        parsed.append(raw)
        return parse_row(raw, dataset_format)

    monkeypatch.setattr(row_files, "raw_rows", raw_rows_seen)
    monkeypatch.setattr(row_files, "parse_row", parse_row_seen)
    found = dict(read_chosen_rows(path, "question_answer", {2, 1}))
    assert list(found) == [1, 2]
    assert found[2] == everything[2]
    assert isinstance(found[1], RowRejected)
    assert (len(seen), len(parsed)) == (3, 2)
    assert dict(read_chosen_rows(path, "question_answer", {0, 9})) == {0: everything[0]}
    assert list(read_chosen_rows(path, "question_answer", set())) == []
