"""A converted model is compared with its source where no adapter changes anything, too."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from export_cases import stand_in_checkout
from safetensors.numpy import load_file

from lora_trainer.exports.base_folder import Base, read_base_folder
from lora_trainer.exports.checkout import find_checkout
from lora_trainer.exports.gguf_file import GgufFile
from lora_trainer.exports.gguf_model_check import check_model_gguf
from lora_trainer.failures import TrainingFailure

gguf = pytest.importorskip("gguf")

LAYERS = ["model.layers.0.mlp.down_proj", "model.layers.1.mlp.down_proj"]


def named_tensors(base: Base) -> dict[str, Any]:
    """By llama.cpp's names, in float32, the head left out where it is the embedding."""
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, base.config["num_hidden_layers"])
    stored = load_file(base.folder / "model.safetensors")
    return {
        f"{names.get_name(key.removesuffix('.weight'))}.weight": value.astype("float32")
        for key, value in stored.items()
    }


def check(base: Base, tensors: dict[str, Any], tokens: int, tmp_path: Path) -> list[str]:
    path = tmp_path / "model.gguf"
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_token_list([f"t{at}" for at in range(tokens)])
    for name, value in tensors.items():
        writer.add_tensor(name, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    checkout = find_checkout(stand_in_checkout(tmp_path / "llama.cpp"))
    with closing(GgufFile(checkout, path)) as file:
        return check_model_gguf(base, LAYERS, file)


def test_what_is_the_same_is_told(tiny_model: Path, tmp_path: Path) -> None:
    base = read_base_folder(tiny_model)
    tensors = named_tensors(base)
    [*_, ends] = check(base, tensors, len(tensors["token_embd.weight"]), tmp_path)
    assert ends.startswith("token_embd.weight and output_norm.weight")


def damaged(name: str) -> Any:
    def damage(tensors: dict[str, Any]) -> None:
        changed = tensors[name].copy()
        changed[-1] += 0.5
        tensors[name] = changed

    return damage


def padded(tensors: dict[str, Any]) -> None:
    tensors["token_embd.weight"] = tensors["token_embd.weight"][:-1]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (damaged("token_embd.weight"), "its token_embd.weight is not the model's"),
        (damaged("output_norm.weight"), "its output_norm.weight is not the model's"),
        (lambda tensors: tensors.pop("output_norm.weight"), "its output_norm.weight is missing"),
        (lambda tensors: tensors.pop("blk.1.attn_q.weight"), "its blk.1.attn_q.weight is missing"),
        (lambda t: t.update({"output.weight": -t["token_embd.weight"]}), "its output.weight"),
        (padded, "tokens and its embedding"),
    ],
    ids=["embedding", "norm", "no norm", "a block's tensor", "head", "vocabulary"],
)
def test_what_differs_is_named(spoil: Any, words: str, tiny_model: Path, tmp_path: Path) -> None:
    base = read_base_folder(tiny_model)
    tensors = named_tensors(base)
    tokens = len(tensors["token_embd.weight"])
    spoil(tensors)
    with pytest.raises(TrainingFailure, match=words) as caught:
        check(base, tensors, tokens, tmp_path)
    assert caught.value.kind == "check_failed"
