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
from lora_trainer.templates import Renderer


def qa(question: str, answer: str) -> str:
    return json.dumps({"question": question, "answer": answer})


def prepare(folder: Path, max_tokens: int = 256, template: str | None = None) -> PreparedData:
    config = read_config(folder)
    tokenizer = AutoTokenizer.from_pretrained(config.base_model.path)
    tokenizer.chat_template = template or tokenizer.chat_template
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
        "truncated": 1,
        "split": 0,
        "train_rows": 1,
        "validation_rows": 2,
        "train_tokens": summary["train_tokens"],
        "label_tokens": summary["label_tokens"],
    }
    dropped = prepare(make_run(name="drop", **of_data, long_rows="drop"), 64).summary()
    assert (dropped["dropped_too_long"], dropped["truncated"]) == (2, 0)
    split = prepare(make_run(name="split", **of_data, long_rows="split"), 64).summary()
    assert (split["split"], split["truncated"], split["without_labels"]) == (2, 0, 0)
    assert split["train_rows"] + split["validation_rows"] > 4


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


def test_pieces_of_a_row_stay_on_one_side(tmp_path: Path, make_run) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join(qa(f"Question {at}?", f"{at} word " * 30) for at in range(20)))
    folder = make_run(
        data=data, data_format="question_answer", long_rows="split", validation_share=0.3
    )
    prepared = prepare(folder, 32)
    keys = prepared.store.order_keys
    train, validation = set(keys[prepared.train]), set(keys[prepared.validation])
    assert (len(train), len(validation)) == (14, 6)
    assert not train & validation
    assert len(prepared.train) + len(prepared.validation) == len(keys) > 40
    assert prepared.summary()["split"] == 20
    assert prepared.store.lengths.max() == 32


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


ANSWER = (
    "{% for message in messages %}{{ message['role'] + ': ' }}"
    "{% if message['role'] == 'assistant' %}{% generation %}"
    "{{ message['content'] }}{% endgeneration %}"
    "{% else %}{{ message['content'] }}{% endif %}{% endfor %}"
)
# As that of Gemma.
WITHOUT_SYSTEM = (
    "{% if messages[0]['role'] == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}" + ANSWER
)


def chat(system: str, answer: str) -> str:
    turns = [("system", system), ("user", "Hi"), ("assistant", answer)]
    return json.dumps({"messages": [{"role": role, "content": text} for role, text in turns]})


def test_refusing_template_is_named_by_every_attempt(tmp_path: Path, make_run) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join([*(chat("Be kind.", str(at)) for at in range(20)), "{broken"]))
    folder = make_run(data=data)
    for _ in range(2):  # the second one finds the cache of the first
        with pytest.raises(TrainingFailure) as failure:
            prepare(folder, template=WITHOUT_SYSTEM)
        told = "The model's chat template refuses these rows: System role not supported"
        assert failure.value.kind == "no_rows"
        assert told in failure.value.message
        assert failure.value.remedy == "Remove the system turns or choose another model."


@pytest.mark.parametrize(
    "fault",
    ["{{ 1 // 0 }}", "{{ 'x'.index('y') }}"],
    ids=["ZeroDivisionError", "ValueError"],
)
def test_one_row_that_breaks_the_template_is_left_out(tmp_path: Path, make_run, fault: str) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join([chat("Be kind.", "a"), chat("break", "b"), chat("Hm.", "c")]))
    broken = "{% if messages[0]['content'] == 'break' %}" + fault + "{% endif %}"
    prepared = prepare(make_run(data=data), template=broken + ANSWER)
    assert len(prepared.store) == 2
    assert prepared.summary()["without_labels"] == 1
    assert prepared.store.refusals.rows == 1


def test_half_a_surrogate_in_tool_arguments_costs_its_row_alone(tmp_path: Path, make_run) -> None:
    call = {"function": {"name": "f", "arguments": '{"city": "\\ud800"}'}}
    asked = {"messages": [{"role": "assistant", "content": "x", "tool_calls": [call]}]}
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join([json.dumps(asked), chat("Be kind.", "a")]))
    shown = "{% for m in messages %}{{ m.tool_calls[0].function.arguments.city if m.tool_calls }}"
    prepared = prepare(make_run(data=data), template=shown + "{% endfor %}" + ANSWER)
    assert len(prepared.store) == 1


def test_lack_of_memory_is_no_fault_of_the_row(make_run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Renderer, "render", fail)
    with pytest.raises(MemoryError):
        prepare(make_run())
