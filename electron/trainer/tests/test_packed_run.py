"""Whole runs: packed and padded learn the same, and a tokenizer that does not fit is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from run_folder import events, run_here
from transformers import AutoTokenizer


def losses(folder: Path) -> list[float]:
    return [event["loss"] for event in events(folder, "step") + events(folder, "eval")]


def test_packed_run_learns_what_a_padded_one_does(make_run) -> None:
    # Without dropout: its masks follow the shape of the input.
    settings = {"dropout": 0, "max_steps": 6, "long_rows": "split", "max_sequence_tokens": 48}
    packed = make_run(name="packed", packing="on", **settings)
    padded = make_run(name="padded", packing="off", **settings)
    assert run_here(packed) == run_here(padded) == 0
    plans = [
        next(event["plan"] for event in events(folder, "status") if "plan" in event)
        for folder in (packed, padded)
    ]
    assert [plan["is_packed"] for plan in plans] == [True, False]
    assert plans[0]["data"] == plans[1]["data"]
    assert plans[0]["data"]["split"] > 0
    assert len(losses(packed)) > 6
    assert losses(packed) == pytest.approx(losses(padded), rel=1e-4)
    assert len(set(losses(packed))) > 4


def test_tokenizer_of_another_model_is_told(make_run, tiny_model: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.add_tokens(["zebrafish"])
    tokenizer.save_pretrained(other)
    for name in ("config.json", "model.safetensors"):
        (other / name).write_bytes((tiny_model / name).read_bytes())
    data = tmp_path / "data.jsonl"
    data.write_text(json.dumps({"question": "What?", "answer": "A zebrafish."}))
    folder = make_run(model=other, data=data, data_format="question_answer")
    assert run_here(folder) == 1
    [error] = events(folder, "error")
    assert error["kind"] == "tokenizer_does_not_fit"
    assert "token 1024" in error["message"]
