from __future__ import annotations

import json
from pathlib import Path

from lora_trainer.events import EventWriter

RUN = "6d9e2a52-7cf3-4c5e-9d8e-2f6f2f0b8a11"


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_goes_on_after_a_half_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    first = EventWriter(path, run=RUN, attempt=1)
    first.status("starting", "a" * 100_000)
    first.warning("kind", "message")
    first.close()
    with path.open("ab") as file:
        file.write(b'{"v":1,"seq":2,"ts":17')
    second = EventWriter(path, run=RUN, attempt=2)
    second.warning("kind", "after")
    second.close()
    assert [(event["seq"], event["attempt"]) for event in lines(path)] == [(0, 1), (1, 1), (2, 2)]


def test_only_half_a_line_is_there(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"v":1,"se')
    writer = EventWriter(path, run=RUN, attempt=1)
    writer.warning("kind", "message")
    writer.close()
    assert [event["seq"] for event in lines(path)] == [0]


def test_what_is_not_finite_becomes_null(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path, run=RUN, attempt=1)
    writer.write("step", loss=float("nan"), plan={"values": [float("inf"), 1.5]})
    writer.close()
    event = lines(path)[0]
    assert event["loss"] is None
    assert event["plan"] == {"values": [None, 1.5]}
