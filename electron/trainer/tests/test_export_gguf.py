"""GGUF: what is asked of llama.cpp's converters, what they answer, and that it is looked at."""

from __future__ import annotations

import importlib.util
import json
import math
import os
from pathlib import Path

import pytest
import torch
from export_cases import (
    METHODS,
    context_of,
    make_adapter,
    names_in,
    run_command,
    stand_in_checkout,
)
from safetensors.torch import load_file

from lora_trainer.exports.adapter_copy import exported_alpha, write_adapter_copy
from lora_trainer.exports.adapter_folder import read_adapter_folder
from lora_trainer.exports.checkout import find_checkout
from lora_trainer.exports.convert import explain_converter
from lora_trainer.exports.gguf import export_gguf
from lora_trainer.exports.tensor_match import match
from lora_trainer.failures import TrainingFailure

needs_gguf = pytest.mark.skipif(
    importlib.util.find_spec("gguf") is None, reason="the gguf package is not installed"
)
CHECKOUT = os.environ.get("LORA_DESK_LLAMA_CPP")
needs_checkout = pytest.mark.skipif(
    CHECKOUT is None, reason="LORA_DESK_LLAMA_CPP does not point at a llama.cpp checkout"
)


def words_of(adapter: Path, base: Path, to: Path, checkout: Path, *more: str) -> list[str | Path]:
    words: list[str | Path] = ["--adapter", adapter, "--base", base, "--format", "gguf"]
    return [*words, "--to", to, "--llama-cpp", checkout, "--name", "Mine", *more]


def test_rslora_alpha_is_multiplied_by_the_root_of_the_rank(
    tiny_model: Path, tmp_path: Path
) -> None:
    folder = make_adapter(tiny_model, tmp_path / "adapter", use_rslora=True)
    adapter = read_adapter_folder(folder)
    assert adapter.layers[0].scale == pytest.approx(16 / math.sqrt(8))
    (tmp_path / "copy").mkdir()
    write_adapter_copy(adapter, tmp_path / "copy")
    copy = read_adapter_folder(tmp_path / "copy")
    assert copy.config["lora_alpha"] == pytest.approx(16 * math.sqrt(8))
    assert not copy.is_rslora
    assert {layer.scale for layer in copy.layers} == {adapter.layers[0].scale}
    weights = "adapter_model.safetensors"
    assert (folder / weights).read_bytes() == (tmp_path / "copy" / weights).read_bytes()
    assert json.loads((folder / "adapter_config.json").read_text())["lora_alpha"] == 16


def test_layers_of_other_rank_and_alpha_get_the_difference_into_their_weights(
    tiny_model: Path, tmp_path: Path
) -> None:
    folder = make_adapter(
        tiny_model,
        tmp_path / "adapter",
        use_rslora=True,
        rank_pattern={"v_proj": 4},
        alpha_pattern={"layers.0.mlp.down_proj": 48},
    )
    adapter = read_adapter_folder(folder)
    (tmp_path / "copy").mkdir()
    write_adapter_copy(adapter, tmp_path / "copy")
    alpha = exported_alpha(adapter)
    tensors = load_file(tmp_path / "copy" / "adapter_model.safetensors")
    for layer in adapter.layers:
        name = f"base_model.model.{layer.module}.lora_"
        a, b = tensors[f"{name}A.weight"], tensors[f"{name}B.weight"]
        own = layer.scale * (layer.b @ layer.a)
        assert torch.allclose(alpha / layer.rank * (b @ a), own, rtol=1e-4, atol=1e-6)
    assert {layer.rank for layer in adapter.layers} == {4, 8}
    assert len({round(layer.scale, 6) for layer in adapter.layers}) == 3


@needs_gguf
def test_export_by_the_command(tiny_model: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter", use_rslora=True)
    checkout = stand_in_checkout(tmp_path / "llama.cpp")
    target = tmp_path / "out" / "gguf"
    code, lines = run_command(*words_of(adapter, tiny_model, target, checkout))
    done = lines[-1]
    assert (code, done["type"]) == (0, "done")
    assert names_in(target) == {"mine-f16.gguf", "export.json"}
    assert done["command"] == f"llama-cli -m BASE.gguf --lora {target / 'mine-f16.gguf'}"
    assert "28 tensors for 14 layers" in done["checks"][0]
    assert "alpha ÷ rank 8 is 5.65685" in done["checks"][1]
    assert any("alpha × √rank" in note for note in done["notes"])
    assert any(0.3 < line["share"] < 0.5 for line in lines if line["type"] == "progress")


@needs_gguf
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("scale", "its alpha is 16, "),
        ("lost", "28 tensors were to be in it and 27 are"),
        ("damaged", "is not the adapter's weight"),
    ],
)
def test_wrong_file_is_found_out_and_removed(
    fault: str, words: str, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", fault)
    adapter = make_adapter(tiny_model, tmp_path / "adapter", use_rslora=True)
    checkout = stand_in_checkout(tmp_path / "llama.cpp")
    with pytest.raises(TrainingFailure, match=words) as caught:
        export_gguf(context_of([], *words_of(adapter, tiny_model, tmp_path / "o" / "g", checkout)))
    assert caught.value.kind == "check_failed"
    assert names_in(tmp_path / "o") == set()


def test_failing_converter_is_quoted(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", "fails:ModuleNotFoundError: No module named 'sentencepiece'")
    adapter = make_adapter(tiny_model, tmp_path / "adapter")
    checkout = stand_in_checkout(tmp_path / "llama.cpp")
    with pytest.raises(TrainingFailure) as caught:
        export_gguf(context_of([], *words_of(adapter, tiny_model, tmp_path / "o" / "g", checkout)))
    assert caught.value.kind == "converter_package_missing"
    assert "pip install sentencepiece" in caught.value.remedy
    assert names_in(tmp_path / "o") == set()


@pytest.mark.parametrize(
    ("lines", "kind", "words"),
    [
        (
            ["ERROR:lora-to-gguf:Model FooForCausalLM is not supported"],
            "architecture_unknown",
            "FooForCausalLM",
        ),
        (["NotImplementedError: BPE pre-tokenizer was not recognized"], "tokenizer_unknown", "BPE"),
        (
            ["ModuleNotFoundError: No module named 'google.protobuf'"],
            "converter_package_missing",
            "protobuf",
        ),
        (["INFO: loading", "KeyError: 'rope_theta'", ""], "converter_failed", "'rope_theta'"),
        ([], "converter_failed", "exit code 3"),
    ],
)
def test_reasons_of_a_converter(lines: list[str], kind: str, words: str) -> None:
    failure = explain_converter("convert_hf_to_gguf.py", lines, 3)
    assert failure.kind == kind
    assert words in failure.message


def test_checkout_is_asked_for_by_name(tmp_path: Path) -> None:
    for folder in (None, tmp_path / "absent"):
        with pytest.raises(TrainingFailure) as caught:
            find_checkout(folder)
        assert caught.value.kind == "llama_cpp_missing"
    with pytest.raises(TrainingFailure, match=r"has no convert_lora_to_gguf\.py") as caught:
        find_checkout(tmp_path)
    assert caught.value.kind == "llama_cpp_wrong_folder"


def test_more_than_low_rank_weights_must_be_merged_first(tiny_model: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter", modules_to_save=["norm"])
    checkout = stand_in_checkout(tmp_path / "llama.cpp")
    with pytest.raises(TrainingFailure) as caught:
        export_gguf(context_of([], *words_of(adapter, tiny_model, tmp_path / "out", checkout)))
    assert caught.value.kind == "gguf_unsupported"
    assert not (tmp_path / "out").exists()


def test_weights_match_but_for_rounding_and_row_order() -> None:
    torch.manual_seed(0)
    own = torch.randn(64, 32)
    swapped = own[torch.randperm(64)]
    assert match(own + 1e-4, own, 1e-3).is_reordered is False
    assert match(own.T, own, 1e-6).error == 0.0
    assert match(swapped, own, 1e-6).is_reordered is True
    assert match(own * 1.01, own, 1e-3) is None
    assert match(own[:, torch.randperm(32)], own, 1e-3) is None
    assert match(own[:32], own, 1e-3) is None
    nothing = torch.zeros(4, 4)
    assert match(nothing, nothing, 0.0).error == 0.0
    assert match(nothing + 1, nothing, 0.1) is None


@needs_checkout
@pytest.mark.parametrize(("method", "outtype"), [("lora", "f32"), ("rslora", "q8_0")])
def test_real_converter(method: str, outtype: str, tiny_model: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter", **METHODS[method])
    words = words_of(adapter, tiny_model, tmp_path / "out", Path(str(CHECKOUT)))
    code, lines = run_command(*words, "--outtype", outtype)
    assert (code, lines[-1]["type"]) == (0, "done"), lines[-1]
    assert names_in(tmp_path / "out") == {f"mine-{outtype}.gguf", "export.json"}


@needs_checkout
def test_real_converter_says_that_it_does_not_know_a_tokenizer(
    tiny_model: Path, tmp_path: Path
) -> None:
    """DoRA: the whole model is converted, and llama.cpp has not heard of the toy's tokenizer."""
    adapter = make_adapter(tiny_model, tmp_path / "adapter", use_dora=True)
    words = words_of(adapter, tiny_model, tmp_path / "out" / "g", Path(str(CHECKOUT)))
    code, lines = run_command(*words)
    assert code == 1
    assert lines[-1]["kind"] in ("tokenizer_unknown", "converter_package_missing")
    assert names_in(tmp_path / "out") == set()
