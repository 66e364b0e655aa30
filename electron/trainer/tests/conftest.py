"""A tiny model made once, and run folders as the app writes them."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

HYPERPARAMETERS = {
    "method": "lora",
    "rank": 8,
    "alpha": 16,
    "dropout": 0.1,
    "target_modules": "all-linear",
    "learning_rate": 0.005,
    "schedule": "cosine",
    "warmup_share": 0.1,
    "weight_decay": 0.01,
    "max_gradient_norm": 1,
    "batch_size": 4,
    "gradient_accumulation_steps": 2,
    "epochs": 1,
    "max_steps": None,
    "max_sequence_tokens": 256,
    "long_rows": "truncate",
    "validation_share": 0.1,
    "evaluate_every_steps": None,
    "checkpoint_every_steps": None,
    "gradient_checkpointing": False,
    "precision": "auto",
    "seed": 3,
}

SAMPLE = Path(__file__).parents[1] / "samples" / "sample.jsonl"

MakeRun = Callable[..., Path]


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from lora_trainer.tiny_model import TinyModelSettings, make_tiny_model

    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny_model(folder, TinyModelSettings(documents=600, steps=40))
    return folder


@pytest.fixture
def make_run(tmp_path: Path, tiny_model: Path) -> MakeRun:
    """make_run(**hyperparameters): a run folder with a config.json on the sample."""

    def make(*, model: Path = tiny_model, **settings: object) -> Path:
        return make_run_folder(tmp_path, model=model, **settings)

    return make


def make_run_folder(
    parent: Path,
    *,
    model: Path,
    data: Path = SAMPLE,
    data_format: str = "messages",
    device: dict | None = None,
    name: str = "run",
    **hyperparameters: object,
) -> Path:
    folder = parent / name
    folder.mkdir()
    config = {
        "v": 1,
        "run": str(uuid.uuid4()),
        "name": "A test",
        "created_at": "2026-01-01T00:00:00Z",
        "app_version": "0.1.0",
        "base_model": {"name": "Tiny", "path": str(model)},
        "dataset": {
            "id": str(uuid.uuid4()),
            "name": "Sample",
            "path": str(data),
            "format": data_format,
            "sha256": hashlib.sha256(data.read_bytes()).hexdigest(),
        },
        "hyperparameters": {**HYPERPARAMETERS, **hyperparameters},
        "device": device or {"kind": "cpu"},
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder
