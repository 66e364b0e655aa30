"""What the inspection shows is what training learns."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from run_folder import TRAINER
from transformers import AutoTokenizer

from lora_trainer.config import read_config
from lora_trainer.dataset import prepare_data
from lora_trainer.inspect_rows import inspect

LONG = "word 🙂 " * 40


def qa(question: str, answer: str) -> str:
    return json.dumps({"question": question, "answer": answer})


ROWS = [
    qa("What is 2 + 2?", "4"),
    "{broken",
    qa("A long answer?", LONG),
    qa(LONG, "too late"),
    qa("And 3 + 3?", "It is 6, é 夜 🙂."),
]


@pytest.fixture
def make(tmp_path: Path, make_run):
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join(ROWS))

    def make(**settings: object) -> Path:
        defaults = {"data": data, "data_format": "question_answer", "max_sequence_tokens": 64}
        return make_run(**{**defaults, **settings})

    return make


def shown(folder: Path, rows: set[int]) -> dict:
    answer, code = inspect(folder / "config.json", rows)
    assert code == 0, answer
    return answer


@pytest.mark.parametrize("long_rows", ["truncate", "drop", "split"])
def test_labels_are_those_of_the_token_store(make, long_rows: str) -> None:
    folder = make(long_rows=long_rows)
    config = read_config(folder)
    tokenizer = AutoTokenizer.from_pretrained(config.base_model.path)
    store = prepare_data(config, folder, tokenizer, 64, lambda: None).store
    stored = [store.row(at) for at in range(len(store))]

    kept = [row for row in shown(folder, set(range(5)))["rows"] if row["label_count"]]
    numbers = {(row["row"], token["sequence"]) for row in kept for token in row["tokens"]}
    assert len({number for number in numbers if number[1] is not None}) == len(stored)
    tokens = [token for row in kept for token in row["tokens"] if token["is_label"]]
    learnt = np.concatenate([ids[positions] for ids, positions in stored])
    assert [token["id"] for token in tokens] == learnt.tolist()
    assert sum(row["label_count"] for row in kept) == len(learnt)
    if long_rows == "truncate":  # no tokens in common: ids and mask can be compared as they are
        tokens = [token for row in kept for token in row["tokens"] if token["sequence"] == 0]
        masks = [np.isin(np.arange(len(ids)), positions) for ids, positions in stored]
        assert [token["id"] for token in tokens] == np.concatenate(
            [ids for ids, _ in stored]
        ).tolist()
        assert [token["is_label"] for token in tokens] == np.concatenate(masks).tolist()


@pytest.mark.parametrize(
    ("long_rows", "outcomes"),
    [
        ("truncate", ["kept", "rejected", "truncated", "without_labels", "kept"]),
        ("drop", ["kept", "rejected", "dropped_too_long", "dropped_too_long", "kept"]),
        ("split", ["kept", "rejected", "split", "split", "kept"]),
    ],
)
def test_outcomes(make, long_rows: str, outcomes: list[str]) -> None:
    rows = shown(make(long_rows=long_rows), set(range(5)))["rows"]
    assert [row["outcome"] for row in rows] == outcomes
    assert [row["reason"] is None for row in rows] == [name == "kept" for name in outcomes]
    for row in rows:
        assert row["token_count"] == len(row["tokens"])
        assert row["label_count"] == sum(token["is_label"] for token in row["tokens"])
        assert all(token["sequence"] is not None for token in row["tokens"] if token["is_label"])


def test_offsets_count_code_points(make) -> None:
    [row] = shown(make(), {4})["rows"]
    text = row["text"]
    learnt = [token for token in row["tokens"] if token["is_label"]]
    assert text[learnt[0]["start"] : learnt[-1]["end"]] == "It is 6, é 夜 🙂.<|im_end|>"
    assert max(token["end"] for token in row["tokens"]) == len(text)


def test_facts(make, tiny_model: Path, tmp_path: Path) -> None:
    facts = shown(make(), set())
    assert (facts["template"], facts["marking"]) == ("model", "generation")
    assert (facts["v"], facts["max_sequence_tokens"], facts["rows"]) == (1, 64, [])
    longer = make(name="longer", max_sequence_tokens=100_000)
    assert shown(longer, set())["max_sequence_tokens"] == 2048  # the model's context

    text = tmp_path / "text.txt"
    text.write_text("One river.\n\nTwo rivers.")
    answer = shown(make(name="text", data=text, data_format="text"), {1, 7})
    assert (answer["template"], answer["marking"]) == ("none", "whole_text")
    [row] = answer["rows"]
    assert (row["row"], row["text"]) == (1, "Two rivers.<|im_end|>")
    assert row["label_count"] == row["token_count"] - 1


def test_template_that_refuses(make, tmp_path: Path, tiny_model: Path) -> None:
    refusing = tmp_path / "refusing"
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.chat_template = "{{ raise_exception('No conversations today') }}"
    tokenizer.save_pretrained(refusing)
    (refusing / "config.json").write_bytes((tiny_model / "config.json").read_bytes())
    answer = shown(make(model=refusing), {0})
    assert answer["marking"] == "search"
    assert answer["rows"][0]["outcome"] == "refused"
    assert answer["rows"][0]["reason"].endswith("No conversations today")

    tokenizer.chat_template = None
    tokenizer.save_pretrained(refusing)
    (refusing / "chat_template.jinja").unlink(missing_ok=True)
    assert shown(make(name="bare", model=refusing), {0})["template"] == "chatml"


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda told: told.update(chat_template="{% if %}"), "chat_template_broken"),
        (
            lambda told: [told.pop("eos_token"), told.update(chat_template=None)],
            "tokenizer_without_end",
        ),
    ],
    ids=["template", "end"],
)
def test_tokenizer_that_no_run_takes_is_told(
    make, tmp_path: Path, tiny_model: Path, spoil, kind: str
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("config.json", "tokenizer.json"):
        (broken / name).write_bytes((tiny_model / name).read_bytes())
    told = json.loads((tiny_model / "tokenizer_config.json").read_text("utf-8"))
    spoil(told)
    (broken / "tokenizer_config.json").write_text(json.dumps(told), "utf-8")
    answer, code = inspect(make(model=broken) / "config.json", {0})
    assert (code, answer.get("error", {}).get("kind")) == (1, kind)


def test_command_needs_no_torch(make, tmp_path: Path) -> None:
    folder = make()
    # Torch would come from here, and say so.
    (tmp_path / "torch.py").write_text("raise SystemExit('torch was imported')")
    command = [sys.executable, "-m", "lora_trainer.inspect_rows"]
    found = subprocess.run(
        [*command, "--config", str(folder / "config.json"), "--rows", "4,0"],
        cwd=TRAINER,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.count("\n") == 1
    answer = json.loads(found.stdout)
    assert answer == shown(folder, {0, 4})
    assert [row["row"] for row in answer["rows"]] == [0, 4]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda config: config.pop("dataset"), "bad_config"),
        (lambda config: config["hyperparameters"].update(long_rows="fold"), "bad_config"),
        (lambda config: config["hyperparameters"].update(max_sequence_tokens=None), "bad_config"),
        (lambda config: config["dataset"].update(format="csv"), "bad_config"),
        (lambda config: config["dataset"].update(path="/not/there"), "dataset_missing"),
        (lambda config: config["base_model"].update(path="/not/there"), "model_missing"),
    ],
)
def test_expected_failures_are_told(make, change, kind: str) -> None:
    path = make() / "config.json"
    config = json.loads(path.read_text("utf-8"))
    change(config)
    path.write_text(json.dumps(config))
    answer, code = inspect(path, {0})
    assert (code, answer["error"]["kind"]) == (1, kind)
    assert answer["error"]["message"] and answer["error"]["remedy"]


def test_config_that_is_not_there(tmp_path: Path) -> None:
    answer, code = inspect(tmp_path / "config.json", {0})
    assert (code, answer["error"]["kind"]) == (1, "bad_config")
