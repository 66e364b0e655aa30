"""From the file to training and validation rows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from transformers import AutoTokenizer

from lora_trainer.config import read_config
from lora_trainer.dataset import PreparedData, prepare_data, split_rows
from lora_trainer.failures import StopRequested, TrainingFailure


def qa(question: str, answer: str) -> str:
    return json.dumps({"question": question, "answer": answer})


def prepare(folder: Path, max_tokens: int = 256) -> PreparedData:
    config = read_config(folder)
    tokenizer = AutoTokenizer.from_pretrained(config.base_model.path)
    return prepare_data(config, folder, tokenizer, max_tokens, lambda: None)


def test_everything_that_falls_out_is_counted(tmp_path: Path, make_run) -> None:
    data = tmp_path / "data.jsonl"
    rows = [
        qa("What is 2 + 2?", "4"),
        qa("What is   2 +\n2? ", "4"),  # differs in white space only
        qa("What is 3 + 3?", "6"),
        qa("word " * 300, "too late to be seen"),  # truncated before its answer
        qa("A long answer?", "word " * 300),
        "{broken",
        qa("", "x"),
    ]
    data.write_text("\n".join(rows))
    of_data = {"data": data, "data_format": "question_answer"}
    summary = prepare(make_run(**of_data, validation_share=0.5), 64).summary()
    assert summary == {
        "rows": 7,
        "rejected": 2,
        "duplicates_removed": 1,
        "without_labels": 1,
        "dropped_too_long": 0,
        "truncated": 2,
        "train_rows": 1,
        "validation_rows": 2,
        "train_tokens": summary["train_tokens"],
        "label_tokens": summary["label_tokens"],
    }
    dropped = prepare(make_run(name="drop", **of_data, long_rows="drop"), 64).summary()
    assert (dropped["dropped_too_long"], dropped["truncated"]) == (2, 0)


def test_split_is_seeded_and_never_empty() -> None:
    keys = np.random.Generator(np.random.PCG64(1)).integers(0, 2**63, 100).astype(np.uint64)
    train, validation = split_rows(keys, 0.1)
    assert len(validation) == 10
    assert sorted([*train, *validation]) == list(range(100))
    assert set(keys[validation]) == set(sorted(keys)[:10])
    assert [len(part) for part in split_rows(keys[:2], 0.01)] == [1, 1]
    assert [len(part) for part in split_rows(keys[:1], 0.5)] == [1, 0]
    assert [len(part) for part in split_rows(keys, 0)] == [100, 0]


def test_split_follows_the_rows_not_their_order(tmp_path: Path, make_run) -> None:
    rows = [qa(f"Question {at}?", f"Answer {at}") for at in range(40)]
    held_out = []
    for name, order in (("forward", rows), ("backward", rows[::-1])):
        data = tmp_path / f"{name}.jsonl"
        data.write_text("\n".join(order))
        prepared = prepare(make_run(name=name, data=data, data_format="question_answer"))
        held_out.append({prepared.store.row(int(at))[0].tobytes() for at in prepared.validation})
    assert held_out[0] == held_out[1]
    assert len(held_out[0]) == 4


def test_tokens_are_cached_until_something_changes(make_run) -> None:
    folder = make_run()
    prepare(folder)
    cached = folder / "tokens" / "ids.bin"
    first = cached.stat().st_mtime_ns
    prepare(folder)
    assert cached.stat().st_mtime_ns == first
    prepare(folder, max_tokens=120)
    assert cached.stat().st_mtime_ns != first


def test_stop_while_tokenising_leaves_no_half_cache(make_run) -> None:
    folder = make_run()
    config = read_config(folder)
    tokenizer = AutoTokenizer.from_pretrained(config.base_model.path)
    calls = []

    def stop_at_second() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise StopRequested

    with pytest.raises(StopRequested):
        prepare_data(config, folder, tokenizer, 256, stop_at_second)
    assert not (folder / "tokens").exists()
    assert list(folder.glob(".tokens*")) == []


def test_changed_and_missing_files_are_refused(tmp_path: Path, make_run) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text(qa("a", "b"))
    folder = make_run(data=data, data_format="question_answer")
    data.write_text(qa("a", "c"))
    with pytest.raises(TrainingFailure) as changed:
        prepare(folder)
    assert changed.value.kind == "dataset_changed"
    data.unlink()
    with pytest.raises(TrainingFailure) as missing:
        prepare(folder)
    assert missing.value.kind == "dataset_missing"


@pytest.mark.parametrize(
    ("rows", "max_tokens", "told"),
    [
        (["{broken", qa("a", "")], 256, "of 2, 2 are malformed"),
        ([qa("word " * 50, "late")], 20, "1 have nothing to learn"),
    ],
)
def test_nothing_left_says_why(
    tmp_path: Path, make_run, rows: list[str], max_tokens: int, told: str
) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join(rows))
    with pytest.raises(TrainingFailure) as failure:
        prepare(make_run(data=data, data_format="question_answer"), max_tokens)
    assert failure.value.kind == "no_rows"
    assert told in failure.value.message
