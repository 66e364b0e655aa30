"""The tiny base model, and the sample that is trained on it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from conftest import SAMPLE
from run_folder import TRAINER
from transformers import AutoModelForCausalLM, AutoTokenizer

from lora_trainer.row_files import read_rows
from lora_trainer.tiny_model import TinyModelSettings, make_tiny_model
from lora_trainer.turns import RowRejected


def test_command_tells_its_progress_and_replaces_what_a_killed_one_left(tmp_path: Path) -> None:
    target = tmp_path / "models" / "tiny"
    left = tmp_path / "models" / ".tiny.part"
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"half")
    command = [sys.executable, "-m", "lora_trainer.tiny_model"]
    command += ["--out", str(target), "--steps", "11"]
    shown = subprocess.run(command, cwd=TRAINER, capture_output=True, text=True, check=True)
    *progress, last = [json.loads(line) for line in shown.stdout.splitlines()]
    assert last == {"path": str(target)}
    shares = [line["share"] for line in progress]
    assert shares == sorted(shares)
    assert shares[0] >= 0
    assert shares[-1] <= 1
    assert not left.exists()
    names = {path.name for path in target.iterdir()}
    assert names >= {"config.json", "model.safetensors", "tokenizer.json", "README.md"}
    assert "A toy" in (target / "README.md").read_text("utf-8")
    tokenizer = AutoTokenizer.from_pretrained(target)
    model = AutoModelForCausalLM.from_pretrained(target)
    assert model.config.vocab_size == len(tokenizer) == 1024
    assert model.config.max_position_embeddings >= 1024


def test_same_seed_same_model(tmp_path: Path) -> None:
    settings = TinyModelSettings(documents=100, steps=3, vocabulary=400)
    for name in ("first", "second"):
        make_tiny_model(tmp_path / name, settings)
    for name in ("model.safetensors", "tokenizer.json"):
        first, second = tmp_path / "first" / name, tmp_path / "second" / name
        assert first.read_bytes() == second.read_bytes()


def test_tokenizer_gives_back_any_text(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    text = "  Ünïcode 夜 🙂\n\ttabs, 3.14 %"
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_sample_is_sound() -> None:
    rows = list(read_rows(SAMPLE, "messages"))
    assert not any(isinstance(row, RowRejected) for row in rows)
    assert len(rows) == 240
    questions = {tuple((turn.role, turn.text) for turn in row.turns[1:]) for row in rows}
    assert len(questions) == len(rows)
    assert {row.turns[-1].role for row in rows} == {"assistant"}
