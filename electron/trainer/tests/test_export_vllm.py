"""vLLM: the command it is started with, and which adapters it would refuse."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from export_cases import context_of, make_adapter, names_in

from lora_trainer.exports.command_line import command_line
from lora_trainer.exports.report import Export
from lora_trainer.exports.vllm import allowed_rank, export_vllm
from lora_trainer.failures import TrainingFailure


def export(adapter: Path, base: Path) -> Export:
    words = ["--adapter", adapter, "--base", base, "--format", "vllm", "--name", "Mine"]
    return export_vllm(context_of([], *words))


def test_command_is_quoted_and_nothing_is_written(tiny_model: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "it's an adapter", r=24, use_rslora=True)
    before = names_in(adapter)
    found = export(adapter, tiny_model)
    assert found.command is not None
    assert shlex.split(found.command) == [
        "vllm",
        "serve",
        str(tiny_model),
        "--enable-lora",
        "--lora-modules",
        f"mine={adapter}",
        "--max-lora-rank",
        "32",
    ]
    assert (found.path, found.files) == (adapter, [])
    assert names_in(adapter) == before
    assert "rank 24" in found.checks[0]


@pytest.mark.parametrize(
    ("rank", "allowed"), [(1, 8), (8, 8), (9, 16), (16, 16), (17, 32), (257, 320), (512, 512)]
)
def test_rank_is_rounded_up(rank: int, allowed: int) -> None:
    assert allowed_rank(rank) == allowed


def test_rank_above_all_is_refused() -> None:
    with pytest.raises(TrainingFailure, match="at most 512"):
        allowed_rank(513)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"use_dora": True}, "DoRA"),
        ({"modules_to_save": ["norm"]}, "norm"),
        ({"bias": "lora_only"}, "biases"),
        ({"rank_pattern": {"v_proj": 4}}, "different ranks"),
    ],
)
def test_unsupported_adapters_are_refused(
    settings: dict[str, Any], words: str, tiny_model: Path, tmp_path: Path
) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter", **settings)
    with pytest.raises(TrainingFailure, match=words) as caught:
        export(adapter, tiny_model)
    assert caught.value.kind == "vllm_unsupported"
    assert "merged" in caught.value.remedy


def test_windows_shells_quote_otherwise() -> None:
    words = ["vllm", "serve", "C:\\my models\\x"]
    assert command_line(words, is_windows=True) == 'vllm serve "C:\\my models\\x"'
    assert command_line(words, is_windows=False) == "vllm serve 'C:\\my models\\x'"
